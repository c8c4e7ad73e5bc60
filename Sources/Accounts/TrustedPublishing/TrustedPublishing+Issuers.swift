import Persistence
package import RegistryModel

extension TrustedPublishing {
    /// The provider of an issuer; nil where nobody here trusts it.
    package func provider(issuer: String) async throws -> TrustedProvider? {
        if let known = TrustedProvider.known.first(where: { $0.issuers.contains(issuer) }) { return known }
        let added = try await core.driver.read { try TrustedIssuerStore($0).find(issuer: issuer) }
        return try added.map { try Self.provider($0) }
    }

    /// All providers, with those of added issuers; each with the issuers that a publisher of it can have.
    package func providers() async throws -> [(provider: TrustedProvider, issuers: [String])] {
        let added = try await issuers()
        let known = TrustedProvider.known.map { provider in
            (provider, provider.issuers + added.filter { $0.provider == provider.id }.map(\.issuer))
        }
        let custom = try added.filter { $0.provider == TrustedProvider.customID }.map {
            (try Self.provider($0), [$0.issuer])
        }
        return known + custom
    }

    private static func provider(_ issuer: TrustedIssuer) throws -> TrustedProvider {
        if let known = TrustedProvider.known.first(where: { $0.id == issuer.provider }) { return known }
        return try .custom(name: issuer.name, issuer: issuer.issuer, claims: issuer.claims)
    }

    /// The issuers that administrators added.
    package func issuers() async throws -> [TrustedIssuer] {
        try await core.driver.read { try TrustedIssuerStore($0).all() }
    }

    /// Adds an issuer: an instance of a known provider's kind, or one with a table of claims of its own.
    ///
    /// Only administrators. The issuer is compared exactly with `iss`, so it is taken as it is written. With an organization
    /// it speaks for that organization's projects alone.
    /// - Throws: ``Problem/Code/forbidden``, ``Problem/Code/badRequest``, ``Problem/Code/conflict``,
    ///   ``Problem/Code/notFound``.
    package func addIssuer(
        name: String, issuer: String, provider: String, claims: [String: String], organization: String? = nil,
        by principal: Principal
    ) async throws -> TrustedIssuer {
        try Self.requireAdministrator(principal)
        let organizationID = try await self.organizationID(organization)
        let row = TrustedIssuer(
            id: core.ids.next(), name: name, issuer: issuer, provider: provider, claims: claims,
            organizationID: organizationID,
            createdBy: principal.userID, createdAt: core.clock.now())
        try check(row)
        let event = issuerEvent("trusted-issuer.added", name, issuer, by: principal)
        do {
            try await core.driver.write { connection in
                try TrustedIssuerStore(connection).insert(row)
                try EventStore(connection).insert(event)
            }
        } catch SQLFault.uniqueViolation {
            throw Problem(.conflict, "There is an issuer '\(name)' or '\(issuer)' already.")
        }
        return row
    }

    private func organizationID(_ name: String?) async throws -> Int64? {
        guard let name else { return nil }
        let found = try await core.driver.read { try OrganizationStore($0).find(nameKey: UserName.key(name)) }
        guard let found else { throw Problem(.notFound, "There is no organization '\(name.limited(toScalars: 64))'.") }
        return found.id
    }

    private func check(_ row: TrustedIssuer) throws(Problem) {
        guard (1...64).contains(row.name.utf8.count), row.name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem(.badRequest, "An issuer's name has 1 to 64 visible characters of ASCII.")
        }
        let isLocal = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"].contains { row.issuer.hasPrefix($0) }
        guard row.issuer.hasPrefix("https://") || isLocal, row.issuer.utf8.count <= 512,
            row.issuer.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            !row.issuer.contains(where: { "?#@\\\"<>".contains($0) })
        else {
            throw Problem(.badRequest, "An issuer is an https address without query and user, exactly as in 'iss'.")
        }
        guard !TrustedProvider.known.contains(where: { $0.issuers.contains(row.issuer) }) else {
            throw Problem(.conflict, "'\(row.issuer)' is known already.")
        }
        guard row.provider == TrustedProvider.customID else {
            guard ["github", "gitlab"].contains(row.provider), row.claims.isEmpty else {
                throw Problem(
                    .badRequest, "A provider is github, gitlab, or custom; only custom has a table of claims.")
            }
            return
        }
        guard row.claims.count <= 40, row.claims.allSatisfy({ $0.key.utf8.count <= 200 && $0.value.utf8.count <= 200 })
        else { throw Problem(.badRequest, "A table of claims has at most 40 rows of at most 200 characters each.") }
        _ = try TrustedProvider.custom(name: row.name, issuer: row.issuer, claims: row.claims)
    }

    /// Removes an issuer: its identity tokens are refused from now on, and so are those it was exchanged for before.
    /// - Throws: ``Problem/Code/forbidden``, ``Problem/Code/notFound``.
    package func removeIssuer(name: String, by principal: Principal) async throws {
        try Self.requireAdministrator(principal)
        let now = core.clock.now()
        let event = issuerEvent("trusted-issuer.removed", name, nil, by: principal)
        let removed = try await core.driver.write { connection in
            let store = TrustedIssuerStore(connection)
            guard let row = try store.all().first(where: { $0.name == name }) else { return false }
            try TrustedPublisherStore(connection).revokeTokens(issuer: row.issuer, at: now)
            try EventStore(connection).insert(event)
            return try store.remove(name: name)
        }
        guard removed else { throw Problem(.notFound, "There is no issuer '\(name.limited(toScalars: 64))'.") }
    }

    private static func requireAdministrator(_ principal: Principal) throws(Problem) {
        guard principal.isAdministrator, principal.kind == .session || principal.kind == .commandLine else {
            throw Problem(.forbidden, "Only administrators change which issuers are trusted, signed in to the pages.")
        }
    }

    private func issuerEvent(_ kind: String, _ name: String, _ issuer: String?, by principal: Principal) -> Event {
        Event.make(
            id: core.ids.next(), kind: kind, at: core.clock.now(), actor: principal.userName, via: principal.kind,
            projectID: nil, visibility: .private,
            details: [("name", .string(name))] + (issuer.map { [("issuer", .string($0))] } ?? []))
    }
}
