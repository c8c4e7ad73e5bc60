package import Accounts
import Blobs
import Crypto
import Foundation
package import Persistence
package import RegistryModel
import Synchronization

/// The use cases of people over a real database, without HTTP.
package struct TestPeople: Sendable {
    package let people: AccountUseCases
    package let clock: ManualClock
    package let driver: any SQLDriver
    package let leaks: TestLeaks
    /// Another node on the same database, with nothing in common but that.
    package let node: AccountUseCases

    /// A password that fits.
    package static let password = "correct horse battery staple"

    /// A browser at an address, without a device cookie.
    package static func visitor(_ address: String = "192.0.2.7", device: String? = nil) -> Visitor {
        Visitor(address: address, agent: "Test browser", device: device)
    }

    package var core: AccountCore { people.core }

    /// An account with a confirmed address and a password, signed in.
    package func signUp(
        _ name: String, password: String = password, isAdministrator: Bool = false
    ) async throws -> StartedSession {
        let operatorPrincipal = Principal(
            userID: 0, userName: "operator", isAdministrator: true, kind: .commandLine, tokenID: nil, scopes: [])
        let link = try await people.signUp.invite(
            address: "\(name)@example.org", isAdministrator: isAdministrator, by: operatorPrincipal)
        return try await people.signUp.complete(
            link: Self.secret(link), name: name, password: password, visitor: Self.visitor())
    }

    /// A code generator for somebody who is signed in.
    package func addTOTP(_ started: StartedSession) async throws -> (session: StartedSession, generator: TestGenerator)
    {
        let enrolment = try await people.totp.begin(name: "Phone", session: started.session)
        let generator = try TestGenerator(address: enrolment.address, clock: clock)
        let next = try await people.totp.confirm(
            enrolment.id, code: generator.code(), session: started.session, visitor: Self.visitor())
        return (next, generator)
    }

    /// A security key or passkey for somebody who is signed in.
    package func addKey(
        _ authenticator: SoftwareAuthenticator, _ use: WebAuthn.Use, to started: StartedSession
    ) async throws -> StartedSession {
        let options = try await people.securityKeys.creationOptions(use, session: started.session)
        return try await people.securityKeys.register(
            try authenticator.create(options), use: use, name: "Key", session: started.session, visitor: Self.visitor()
        ).started
    }

    /// The secret in the address of a link.
    package static func secret(_ link: String) -> String {
        link.split(separator: "/").last.map(String.init) ?? ""
    }

    /// The messages that wait, the oldest first, opened.
    package func mails() async throws -> [TestMail] {
        let rows = try await driver.read { connection in
            try connection.query("SELECT id, recipient, kind, sealed_content FROM mails ORDER BY created_at, id")
        }
        return try rows.map { row in
            let sealed = try row.bytes("sealed_content")
            let value = try JSONValue.parse(try core.secrets.open(sealed, for: "mail:\(try row.int("id"))"))
            return TestMail(
                recipient: try row.text("recipient"), kind: try row.text("kind"),
                text: value["plain"]?.stringValue ?? "")
        }
    }

    /// The secret of the newest mailed link of a kind.
    package func mailedLink(_ kind: LinkMail.Purpose, to recipient: String? = nil) async throws -> String? {
        try await mails().last { $0.kind == kind.rawValue && (recipient == nil || $0.recipient == recipient) }?.link
    }

    /// The kinds of what an account was told, the oldest first.
    package func history(_ userID: Int64) async throws -> [Notice.Kind] {
        try await driver.read { try AccountStore($0).history(userID: userID, before: nil, limit: 1000) }
            .map(\.kind).reversed()
    }

    /// How many events of a kind there are.
    package func events(_ kind: String) async throws -> Int64 {
        try await driver.read { try TestEvents.count(kind, on: $0) }
    }
}

/// A message of the queue.
package struct TestMail: Hashable, Sendable {
    package let recipient: String
    package let kind: String
    package let text: String

    /// The secret of the link in it.
    package var link: String? {
        let words = text.split(whereSeparator: \.isWhitespace).filter { $0.hasPrefix("https://") }
        return words.compactMap { $0.split(separator: "/").last }.first {
            $0.wholeMatch(of: /[A-Za-z0-9_-]{43}/) != nil
        }
        .map(String.init)
    }
}

/// A phone with a code generator.
package struct TestGenerator: Sendable {
    private let seed: [UInt8]
    private let clock: ManualClock

    /// Takes the seed from an `otpauth` address.
    init(address: String, clock: ManualClock) throws {
        let text = address.split(separator: "?").last?.split(separator: "&").first { $0.hasPrefix("secret=") }?
            .dropFirst(7)
        var bits = 0
        var pending = 0
        var bytes: [UInt8] = []
        for character in text ?? "" {
            guard let value = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").firstIndex(of: character) else {
                throw Problem(.badRequest, "The seed is no base32.")
            }
            pending = (pending << 5 | value) & 0xFFFF
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> bits))
            }
        }
        seed = bytes
        self.clock = clock
    }

    /// The code that is shown now, or some steps away.
    package func code(steps: Int64 = 0) -> String {
        let counter = UInt64(bitPattern: clock.now().seconds / 30 + steps)
        let mac = Array(
            HMAC<Insecure.SHA1>.authenticationCode(
                for: withUnsafeBytes(of: counter.bigEndian) { Array($0) }, using: SymmetricKey(data: seed)))
        let offset = Int(mac[19] & 15)
        let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        return String(String(1_000_000 + number % 1_000_000).dropFirst())
    }
}

/// A list of leaked passwords that a test fills, and that can fail.
package final class TestLeaks: LeakedPasswordSource {
    private struct State: Sendable {
        var passwords: Set<String> = []
        var isFailing = false
        var asked: [String] = []
    }

    private let state = Mutex(State())

    /// Starts empty.
    package init() {}

    /// Adds a password.
    package func add(_ password: String) { state.withLock { _ = $0.passwords.insert(password) } }
    /// Lets every question fail, or not any more.
    package func setFailing(_ value: Bool) { state.withLock { $0.isFailing = value } }
    /// The prefixes that were asked for.
    package var asked: [String] { state.withLock { $0.asked } }

    package func range(_ prefix: String) async throws -> String {
        try state.withLock { state in
            state.asked.append(prefix)
            guard !state.isFailing else { throw Problem(.unavailable, "The list cannot be reached.") }
            let hashes = state.passwords.map { Hex.encode(Insecure.SHA1.hash(data: Array($0.utf8))).uppercased() }
            let real = hashes.filter { $0.hasPrefix(prefix) }.map { "\($0.dropFirst(5)):17" }
            // Padding, as the real list sends it: never a hit.
            return (real + ["0018A45C4D1DEF81644B54AB7F969B88D65:0"]).joined(separator: "\r\n")
        }
    }
}

/// Runs `body` with a fresh database; Argon2id costs little, unless the policy says otherwise.
package func withPeople(
    _ backend: TestBackend, policy: AccountPolicy = .testing, publicURL: String = "https://registry.example",
    _ body: @Sendable (TestPeople) async throws -> Void
) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-people-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let random = SystemRandomSource()
    let master = try MasterKey.load(path: folder.appending(path: "key").path(percentEncoded: false), random: random)
    try await withDatabase(backend, migrations: Migration.all) { driver in
        let clock = ManualClock()
        let leaks = TestLeaks()
        let key = try await AccountKey.load(driver, secrets: master, random: random)
        func node() -> AccountUseCases {
            let core = AccountCore(
                driver: driver, clock: clock, random: random, ids: RowIDs(clock: clock), secrets: master,
                policy: policy,
                publicURL: publicURL)
            return AccountUseCases(core: core, key: key, pool: TestWorkPool(), leaks: leaks)
        }
        try await body(TestPeople(people: node(), clock: clock, driver: driver, leaks: leaks, node: node()))
    }
}

extension AccountPolicy {
    /// The defaults, with hashes that cost little.
    package static var testing: AccountPolicy {
        var policy = AccountPolicy()
        policy.argonKibibytes = 64
        policy.argonPasses = 1
        return policy
    }
}
