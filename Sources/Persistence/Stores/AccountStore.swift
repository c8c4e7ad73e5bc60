package import RegistryModel

/// What accounts can prove themselves with.
package struct AccountStore {
    let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// What an account has to prove itself with.
    package func standing(userID: Int64) throws -> AccountStanding {
        let row = try connection.first(
            """
            SELECT (SELECT COUNT(*) FROM user_emails WHERE user_id = \(userID) AND verified_at IS NOT NULL) AS addresses,
                (SELECT COUNT(*) FROM totp_factors WHERE user_id = \(userID) AND confirmed_at IS NOT NULL) AS generators,
                (SELECT COUNT(*) FROM webauthn_credentials WHERE user_id = \(userID)) AS keys
            """)
        return AccountStanding(
            hasVerifiedAddress: try row?.int("addresses") ?? 0 > 0, hasTOTP: try row?.int("generators") ?? 0 > 0,
            securityKeys: try row?.int("keys") ?? 0)
    }
}
