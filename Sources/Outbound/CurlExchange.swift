import CCurl
import RegistryModel

/// One request to a service and its answer.
struct CurlExchange: Sendable {
    private let request: ServiceRequest
    private let page: PageAddress
    private let authorities: String?

    /// How many header fields of an answer are kept.
    private static let fieldLimit = 100

    /// Checks a request before anything is sent.
    /// - Throws: ``FetchFault/refused(_:)``.
    init(_ request: ServiceRequest, authorities: String?) throws(FetchFault) {
        guard let page = PageAddress(request.address) else {
            throw .refused("'\(request.address.prefix(200))' is no address of a service")
        }
        guard page.isSecure || page.isLoopback else {
            throw .refused("'\(request.address.prefix(200))' is neither https nor on this machine")
        }
        guard ["GET", "POST"].contains(request.method) else { throw .refused("'\(request.method)' is not sent") }
        let texts = request.fields.flatMap { [$0.key, $0.value] }
        guard texts.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }) else {
            throw .refused("a header field holds a control character")
        }
        self.request = request
        self.page = page
        self.authorities = authorities
    }

    /// Sends and receives; blocks.
    /// - Throws: ``FetchFault/unreachable(_:)``.
    func run() throws(FetchFault) -> ServiceAnswer {
        let answer = Answer(limit: request.limit)
        do {
            let handle = try CurlHandle(milliseconds: request.timeoutSeconds * 1000)
            try configure(handle)
            try handle.set(CURLOPT_WRITEFUNCTION, Answer.receive, CURLOPT_WRITEDATA, answer)
            try handle.set(CURLOPT_HEADERFUNCTION, Answer.receiveHead, CURLOPT_HEADERDATA, answer)
            try withExtendedLifetime(answer) { () throws(CurlHandle.Failure) in try handle.perform() }
            return ServiceAnswer(status: handle.responseCode, fields: answer.fields, body: answer.body)
        } catch {
            guard !answer.isTooLong else {
                throw .unreachable("'\(page.host)' answered with more than \(request.limit) bytes")
            }
            throw .unreachable("'\(page.host)': \(error.text)")
        }
    }

    private func configure(_ handle: CurlHandle) throws(CurlHandle.Failure) {
        try handle.trust(authorities)
        try handle.set(CURLOPT_URL, request.address)
        try handle.set(CURLOPT_PROTOCOLS_STR, page.isSecure ? "https" : "http")
        try handle.set(CURLOPT_USERAGENT, "Hallmark")
        if page.isLoopback { try handle.set(CURLOPT_PROXY, "") }
        if request.redirects > 0 {
            try handle.set(CURLOPT_FOLLOWLOCATION, 1)
            try handle.set(CURLOPT_MAXREDIRS, request.redirects)
            try handle.set(CURLOPT_REDIR_PROTOCOLS_STR, "https")
        }
        if request.method == "POST" {
            try handle.set(CURLOPT_POST, 1)
            try handle.setBody(request.body)
        }
        let fields = request.fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        // Without this, a long body waits for a go-ahead that not every server gives.
        try handle.set(CURLOPT_HTTPHEADER, fields + ["Expect:"])
    }

    /// What arrives; touched by the thread of the transfer alone.
    private final class Answer {
        let limit: Int
        var fields: [String: String] = [:]
        var body: [UInt8] = []
        var isTooLong = false

        init(limit: Int) { self.limit = limit }

        static let receive: curl_write_callback = { bytes, size, count, data in
            guard let bytes, let data else { return 0 }
            let answer = Unmanaged<Answer>.fromOpaque(data).takeUnretainedValue()
            guard answer.body.count + size * count <= answer.limit else {
                answer.isTooLong = true
                return 0
            }
            answer.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }

        static let receiveHead: curl_write_callback = { bytes, size, count, data in
            guard let bytes, let data else { return 0 }
            let answer = Unmanaged<Answer>.fromOpaque(data).takeUnretainedValue()
            let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: size * count), as: UTF8.self)
            answer.take(line)
            return size * count
        }

        /// The head of a redirect, or of a go-ahead, is followed by that of the answer: only the last one counts.
        private func take(_ line: String) {
            guard !line.hasPrefix("HTTP/") else {
                fields = [:]
                body = []
                return
            }
            guard let colon = line.firstIndex(of: ":"), fields.count < CurlExchange.fieldLimit else { return }
            let name = line[..<colon].lowercased()
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            guard fields[name] == nil else { return }
            fields[name] = String(value.prefix { $0 != "\r" && $0 != "\n" && $0 != "\r\n" })
        }
    }
}
