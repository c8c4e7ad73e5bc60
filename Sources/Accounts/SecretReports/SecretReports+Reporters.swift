import Persistence
package import RegistryModel

/// What an administrator says of a reporter.
package struct ReporterWish: Sendable {
    package let name: String
    package var keyIDHeader = "GITHUB-PUBLIC-KEY-IDENTIFIER"
    package var signatureHeader = "GITHUB-PUBLIC-KEY-SIGNATURE"
    /// Where the keys are fetched, as GitHub publishes them.
    package var keysURL: String?
    /// One key that is given: its id and its PEM.
    package var key: (id: String, pem: String)?

    /// A reporter with GitHub's header fields.
    package init(name: String) {
        self.name = name
    }
}

extension SecretReports {
    /// All reporters, for administrators.
    package func reporters(by principal: Principal) async throws -> [SecretReporter] {
        try Self.requireAdministrator(principal)
        return try await core.driver.read { try SecretReporterStore($0).all() }
    }

    /// Adds a reporter.
    /// - Throws: ``Problem/Code/forbidden``, ``Problem/Code/badRequest``, ``Problem/Code/conflict``.
    package func addReporter(_ wish: ReporterWish, by principal: Principal) async throws {
        try Self.requireAdministrator(principal)
        let now = core.clock.now()
        let reporter = SecretReporter(
            id: core.ids.next(), name: wish.name, keyIDHeader: wish.keyIDHeader, signatureHeader: wish.signatureHeader,
            keysURL: wish.keysURL, keys: try Self.keys(wish), fetchedAt: nil, createdAt: now)
        let event = event("secret-reporter.added", wish.name, by: principal)
        let isNew = try await core.driver.write { connection in
            guard try SecretReporterStore(connection).insert(reporter) else { return false }
            try EventStore(connection).insert(event)
            return true
        }
        guard isNew else { throw Problem(.conflict, "There is a reporter '\(wish.name)' already.") }
    }

    private static func keys(_ wish: ReporterWish) throws(Problem) -> [SecretReporter.Key] {
        let isName: (String) -> Bool = { text in
            (1...100).contains(text.utf8.count)
                && text.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D
                }
        }
        guard isName(wish.name), isName(wish.keyIDHeader), isName(wish.signatureHeader) else {
            throw Problem(.badRequest, "Names of reporters and of header fields have letters, digits and '-' only.")
        }
        switch (wish.keysURL, wish.key) {
        case (let url?, nil):
            guard url.hasPrefix("https://") || url.hasPrefix("http://127.0.0.1:") else {
                throw Problem(.badRequest, "The keys' address must be https.")
            }
            return []
        case (nil, let key?):
            guard !key.id.isEmpty, ReportSignature.isKey(key.pem) else {
                throw Problem(.badRequest, "The key must be a public key of P-256, P-384 or P-521 in PEM, with an id.")
            }
            return [SecretReporter.Key(id: key.id, pem: key.pem, isCurrent: true)]
        default: throw Problem(.badRequest, "Give either the keys' address or one key.")
        }
    }

    /// Removes a reporter: its reports are refused from now on.
    /// - Throws: ``Problem/Code/forbidden``, ``Problem/Code/notFound``.
    package func removeReporter(name: String, by principal: Principal) async throws {
        try Self.requireAdministrator(principal)
        let now = core.clock.now()
        let event = event("secret-reporter.removed", name, by: principal)
        let removed = try await core.driver.write { connection in
            guard try SecretReporterStore(connection).remove(name: name, at: now) else { return false }
            try EventStore(connection).insert(event)
            return true
        }
        guard removed else { throw Problem(.notFound, "There is no reporter '\(name.limited(toScalars: 64))'.") }
    }

    private static func requireAdministrator(_ principal: Principal) throws(Problem) {
        guard principal.isAdministrator, principal.kind == .session || principal.kind == .commandLine else {
            throw Problem(.forbidden, "Only administrators manage reporters, signed in to the pages.")
        }
    }

    private func event(_ kind: String, _ name: String, by principal: Principal) -> Event {
        Event.make(
            id: core.ids.next(), kind: kind, at: core.clock.now(), actor: principal.userName, via: principal.kind,
            projectID: nil, visibility: .private, details: [("reporter", .string(name))])
    }
}
