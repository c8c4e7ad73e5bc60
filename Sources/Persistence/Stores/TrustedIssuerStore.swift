package import RegistryModel

/// The rows of `trusted_issuers`.
package struct TrustedIssuerStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// All issuers that were added, by name.
    package func all() throws -> [TrustedIssuer] {
        try connection.query("SELECT * FROM trusted_issuers ORDER BY name").map(Self.record)
    }

    /// The issuer with exactly that `iss`.
    package func find(issuer: String) throws -> TrustedIssuer? {
        try connection.query("SELECT * FROM trusted_issuers WHERE issuer = \(issuer)").first.map(Self.record)
    }

    /// Adds an issuer.
    /// - Throws: `SQLFault.uniqueViolation` where the name or the issuer is there already.
    package func insert(_ issuer: TrustedIssuer) throws {
        try connection.execute(
            """
            INSERT INTO trusted_issuers (id, name, issuer, provider, claims, organization_id, created_by, created_at)
            VALUES (\(issuer.id), \(issuer.name), \(issuer.issuer), \(issuer.provider),
                \(JSONValue.texts(issuer.claims).canonicalBytes()), \(issuer.organizationID), \(issuer.createdBy),
                \(issuer.createdAt))
            """)
    }

    /// Removes an issuer.
    /// - Returns: Whether it was there.
    package func remove(name: String) throws -> Bool {
        try connection.execute("DELETE FROM trusted_issuers WHERE name = \(name)") > 0
    }

    private static func record(_ row: SQLRow) throws -> TrustedIssuer {
        TrustedIssuer(
            id: try row.int("id"), name: try row.text("name"), issuer: try row.text("issuer"),
            provider: try row.text("provider"), claims: try ReleaseStore.json(row.bytes("claims")).textMembers,
            organizationID: try row.optionalInt("organization_id"), createdBy: try row.int("created_by"),
            createdAt: try row.timestamp("created_at"))
    }
}
