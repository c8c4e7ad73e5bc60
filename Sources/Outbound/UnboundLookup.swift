import CUnbound
import Glibc
import RegistryModel

/// One lookup: a context of libunbound, which lives on one thread.
struct UnboundLookup {
    private let context: OpaquePointer
    private let milliseconds: Int

    /// What the callback hands over; only the thread that processes the context touches it.
    private final class Answer {
        var isThere = false
        var failure: CInt = 0
        var result: UnsafeMutablePointer<ub_result>?
    }

    /// The numbers of the types, and of IN.
    private static let address: CInt = 1
    private static let exchanger: CInt = 15
    private static let text: CInt = 16
    private static let address6: CInt = 28
    private static let internet: CInt = 1
    /// How many records are looked at.
    private static let records = 100

    /// Makes a context.
    init(_ settings: UnboundResolver.Settings) throws {
        guard let context = ub_ctx_create() else { throw DNSFault.unreachable("no memory for a lookup") }
        self.context = context
        milliseconds = settings.milliseconds
        do {
            try configure(settings)
        } catch {
            ub_ctx_delete(context)
            throw error
        }
    }

    /// Gives the context back.
    func close() {
        ub_ctx_delete(context)
    }

    private func configure(_ settings: UnboundResolver.Settings) throws {
        ub_ctx_debugout(context, nil)
        switch settings.upstream {
        case .system: try check(ub_ctx_resolvconf(context, nil), "reading /etc/resolv.conf")
        case .recursive: break
        case .server(let address):
            // A server on this machine is as good as another once it was named.
            try check(ub_ctx_set_option(context, "do-not-query-localhost:", "no"), "setting an option")
            try check(ub_ctx_set_fwd(context, address), "using the server '\(address)'")
        }
        if let anchor = settings.trustAnchor {
            try check(ub_ctx_add_ta_file(context, anchor), "reading the trust anchor '\(anchor)'")
        }
        // A thread of the library's own, so that this one can wait for a bounded time.
        try check(ub_ctx_async(context, 1), "starting a lookup")
    }

    /// The TXT records of a domain.
    func texts(of domain: String) throws -> DNSTexts {
        let found = try ask(domain, Self.text)
        guard !found.records.isEmpty else { throw DNSFault.absent }
        return DNSTexts(texts: found.records.map { Self.text(of: $0) }, isSecure: found.isSecure)
    }

    /// Where mail for a domain would go: its exchangers, or else its own addresses.
    func mailRoute(of domain: String) throws -> MailRoute {
        let exchangers = try ask(domain, Self.exchanger)
        guard exchangers.exists else { return .nonexistent }
        // A preference of two bytes, and a name: the root's is the one zero byte.
        let names = exchangers.records.filter { $0.count > 3 }
        if !names.isEmpty { return .exchangers }
        if !exchangers.records.isEmpty { return .refusing }
        for kind in [Self.address, Self.address6] where try !ask(domain, kind).records.isEmpty { return .address }
        return .nowhere
    }

    /// What was found.
    private struct Found {
        let records: [[UInt8]]
        /// Whether there is the domain, with records of whatever type.
        let exists: Bool
        let isSecure: Bool
    }

    /// Asks, and waits until there is an answer or the time is over.
    private func ask(_ domain: String, _ kind: CInt) throws -> Found {
        let answer = Answer()
        let box = Unmanaged.passRetained(answer)
        defer { box.release() }
        var id: CInt = 0
        let started = ub_resolve_async(
            context, domain, kind, Self.internet, box.toOpaque(),
            { data, failure, result in
                guard let data else { return ub_resolve_free(result) }
                let answer = Unmanaged<Answer>.fromOpaque(data).takeUnretainedValue()
                answer.isThere = true
                answer.failure = failure
                answer.result = result
            }, &id)
        try check(started, "starting a lookup")
        wait(for: answer)
        guard answer.isThere else {
            ub_cancel(context, id)
            throw DNSFault.unreachable("no answer within \(milliseconds / 1000) seconds")
        }
        try check(answer.failure, "resolving '\(domain)'")
        guard let result = answer.result else { throw DNSFault.unreachable("no answer") }
        defer { ub_resolve_free(result) }
        return try Self.read(result.pointee)
    }

    private func wait(for answer: Answer) {
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(milliseconds)
        while !answer.isThere {
            let rest = (end - clock.now) / .milliseconds(1)
            guard rest > 0 else { return }
            var descriptor = pollfd(fd: ub_fd(context), events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, CInt(min(rest.rounded(.up), 60_000))) > 0 || errno == EINTR else { continue }
            ub_process(context)
        }
    }

    private static func read(_ result: ub_result) throws -> Found {
        if result.bogus != 0 {
            throw DNSFault.bogus(result.why_bogus.map { String(cString: $0) } ?? "the signatures do not hold")
        }
        guard result.rcode == 0 || result.nxdomain != 0 else {
            throw DNSFault.unreachable(
                result.rcode == 2 ? "the name server failed (SERVFAIL)" : "rcode \(result.rcode)")
        }
        var records: [[UInt8]] = []
        if result.havedata != 0, let data = result.data, let lengths = result.len {
            while records.count < self.records, let item = data[records.count] {
                let bytes = UnsafeRawBufferPointer(start: item, count: max(0, Int(lengths[records.count])))
                records.append(Array(bytes))
            }
        }
        return Found(records: records, exists: result.nxdomain == 0, isSecure: result.secure != 0)
    }

    /// The parts of a TXT record ([RFC 1035, 3.3.14](https://www.rfc-editor.org/rfc/rfc1035#section-3.3.14)), put together.
    static func text(of record: [UInt8]) -> String {
        var out: [UInt8] = []
        var rest = record[...]
        while let length = rest.popFirst() {
            out += rest.prefix(Int(length))
            rest = rest.dropFirst(Int(length))
        }
        return String(decoding: out, as: UTF8.self)
    }

    private func check(_ failure: CInt, _ action: String) throws {
        guard failure != 0 else { return }
        let reason = ub_strerror(failure).map { String(cString: $0) } ?? "error \(failure)"
        throw DNSFault.unreachable("\(action): \(reason)")
    }
}
