import Crypto
import Persistence
package import RegistryModel

/// Takes in signed reports of leaked tokens and ends them at once: AUTHZ-3.2.
///
/// The protocol is that of
/// [GitHub's secret scanning partners](https://docs.github.com/en/code-security/secret-scanning/secret-scanning-partnership-program/secret-scanning-partner-program).
package struct SecretReports: Sendable {
    /// How many tokens one report may have.
    static let maximumItems = 1000

    let core: AccountCore
    let keys: ReporterKeys

    /// Fetches reporters' keys through `fetcher`.
    package init(core: AccountCore, fetcher: any ServiceFetcher) {
        self.core = core
        keys = ReporterKeys(core: core, fetcher: fetcher)
    }

    /// What came of one reported text.
    package struct Finding: Hashable, Sendable {
        /// SHA-256 of the text in base64, so that the answer repeats no secret.
        package let hash: String
        package let type: String
        /// Whether it is or was a token of this registry.
        package let isOurs: Bool
    }

    /// Takes a report in.
    /// - Parameters:
    ///   - body: The report as it came, which is what is signed.
    ///   - field: The request's header fields by name.
    /// - Returns: What each reported text turned out to be, in their order.
    /// - Throws: ``Problem/Code/badRequest`` for a report without a good signature of a reporter that is known here; nothing
    ///   more is said.
    package func report(
        _ body: [UInt8], field: @Sendable (String) -> String?
    ) async throws -> [Finding] {
        let reporter = try await reporter(of: body, field: field)
        let items = try Self.items(body)
        let now = core.clock.now()
        return try await core.driver.write { connection in
            try items.map { try take($0, from: reporter, on: connection, now) }
        }
    }

    private func reporter(
        of body: [UInt8], field: @Sendable (String) -> String?
    ) async throws -> SecretReporter {
        let refusal = Problem(.badRequest, "The report is not signed by anybody whose reports are taken here.")
        for reporter in try await core.driver.read({ try SecretReporterStore($0).all() }) {
            guard let keyID = field(reporter.keyIDHeader), keyID.utf8.count <= 256,
                let signature = field(reporter.signatureHeader), signature.utf8.count <= 512,
                let key = try await keys.key(keyID, of: reporter)
            else { continue }
            if ReportSignature.isValid(signature, over: body, key: key) { return reporter }
        }
        throw refusal
    }

    private struct Item: Sendable {
        let token: String
        let type: String
        let url: String
        let source: String
    }

    private static func items(_ body: [UInt8]) throws -> [Item] {
        guard let list = (try? JSONValue.parse(body, maximumBytes: .max, maximumDepth: 8))?.arrayValue,
            list.count <= maximumItems
        else { throw Problem(.badRequest, "A report is a list of at most \(maximumItems) tokens.") }
        return try list.map { value in
            guard let token = value["token"]?.stringValue, let type = value["type"]?.stringValue else {
                throw Problem(.badRequest, "Each part of a report has 'token' and 'type'.")
            }
            func text(_ name: String) -> String { (value[name]?.stringValue ?? "").limited(toScalars: 1000) }
            return Item(token: token, type: type.limited(toScalars: 200), url: text("url"), source: text("source"))
        }
    }

    /// Ends one token; a report that is repeated finds it ended and does nothing more.
    private func take(
        _ item: Item, from reporter: SecretReporter, on connection: any SQLConnection, _ now: Timestamp
    ) throws -> Finding {
        let digest = Array(SHA256.hash(data: Array(item.token.utf8)))
        let store = TokenStore(connection)
        let found = TokenText.isWellFormed(item.token) ? try store.find(hash: digest) : nil
        var outcome = found == nil ? "unknown" : "ended"
        if let token = found?.token, token.expiresAt > now,
            try store.revoke(hash: digest, at: now, reason: "reported as leaked by \(reporter.name)")
        {
            outcome = "revoked"
            try note(token, found?.user, item, reporter, on: connection, now)
        }
        // Of what is no token of ours nothing is kept: anybody's secrets may come this way.
        if let token = found?.token {
            try SecretReporterStore(connection).insertReport(
                SecretReportRow(
                    id: core.ids.next(), reporterID: reporter.id, tokenID: token.id, outcome: outcome,
                    source: item.source, url: item.url, at: now))
        }
        return Finding(hash: Base64Text.encode(digest), type: item.type, isOurs: found != nil)
    }

    private func note(
        _ token: TokenRecord, _ user: UserRecord?, _ item: Item, _ reporter: SecretReporter,
        on connection: any SQLConnection, _ now: Timestamp
    ) throws {
        try EventStore(connection).insert(
            Event.make(
                id: core.ids.next(), kind: "token.leaked", at: now, actor: reporter.name, via: token.kind,
                projectID: nil, visibility: .private,
                details: [
                    ("user", .string(user?.name ?? "")), ("token", .string(String(token.id))),
                    ("reporter", .string(reporter.name)), ("source", .string(item.source)),
                ]))
        try core.notices.post(
            Notice(
                .tokenLeaked,
                [
                    "token": token.name.isEmpty ? token.prefix : token.name, "reporter": reporter.name,
                    "place": item.url,
                ]),
            to: token.userID, on: connection)
    }
}

/// Base64 with padding, [RFC 4648, 4](https://www.rfc-editor.org/rfc/rfc4648#section-4).
enum Base64Text {
    static func encode(_ bytes: [UInt8]) -> String {
        let text = Base64URL.encode(bytes).replacing("-", with: "+").replacing("_", with: "/")
        return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }

    /// Nil for what has another form, spaces included.
    static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count % 4 == 0, !text.contains("-"), !text.contains("_") else { return nil }
        let padding = text.utf8.suffix(2).count { $0 == UInt8(ascii: "=") }
        return Base64URL.decode(
            text.dropLast(padding).replacing("+", with: "-").replacing("/", with: "_"))
    }
}
