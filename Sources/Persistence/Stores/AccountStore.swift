package import RegistryModel

/// What accounts prove themselves with: passwords, factors, standing.
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

    /// The account that a name or a confirmed address means, with its password.
    ///
    /// One statement whichever it is, so that an answer takes as long for both.
    package func signIn(_ folded: String) throws -> SignInRow? {
        try connection.query(
            """
            SELECT id, name, state, password_hash, must_change_password FROM users
            WHERE name_key = \(folded)
                OR id = (SELECT user_id FROM user_emails WHERE address_key = \(folded) AND verified_at IS NOT NULL)
            LIMIT 1
            """
        ).first.map(Self.signInRow)
    }

    /// The same by id.
    package func signIn(userID: Int64) throws -> SignInRow? {
        try connection.query(
            "SELECT id, name, state, password_hash, must_change_password FROM users WHERE id = \(userID)"
        ).first.map(Self.signInRow)
    }

    /// Sets or removes a password.
    package func setPassword(_ hash: String?, userID: Int64, at now: Timestamp) throws {
        try connection.execute(
            """
            UPDATE users SET password_hash = \(hash), password_changed_at = \(now), must_change_password = 0
            WHERE id = \(userID)
            """)
    }

    /// Puts a costlier hash of the same password in the place of an older one.
    package func renewHash(_ hash: String, replacing old: String, userID: Int64) throws {
        try connection.execute(
            "UPDATE users SET password_hash = \(hash) WHERE id = \(userID) AND password_hash = \(old)")
    }

    /// Says that nothing but a change of the password is possible.
    /// - Returns: Whether that is new.
    package func demandNewPassword(userID: Int64) throws -> Bool {
        try connection.execute(
            "UPDATE users SET must_change_password = 1 WHERE id = \(userID) AND must_change_password = 0") > 0
    }

    /// The random handle that authenticators know the account by, made at first use.
    package func handle(userID: Int64, fresh: [UInt8]) throws -> [UInt8] {
        try connection.execute(
            "UPDATE users SET webauthn_handle = \(fresh) WHERE id = \(userID) AND webauthn_handle IS NULL")
        let row = try connection.first("SELECT webauthn_handle FROM users WHERE id = \(userID)")
        return try row?.optionalBytes("webauthn_handle") ?? fresh
    }

    /// Changes whether an account can be used.
    /// - Returns: Whether it was in the state `before`.
    package func setState(_ state: UserRecord.State, from before: UserRecord.State, userID: Int64) throws -> Bool {
        try connection.execute(
            "UPDATE users SET state = \(state) WHERE id = \(userID) AND state = \(before)") > 0
    }

    /// Removes what is personal from an account that its owner closes; name and id stay.
    package func erase(userID: Int64) throws {
        try connection.execute(
            """
            UPDATE users SET state = 'deleted', email = '', password_hash = NULL, password_changed_at = NULL,
                must_change_password = 0, webauthn_handle = NULL, is_administrator = 0, is_moderator = 0, is_auditor = 0
            WHERE id = \(userID)
            """)
        try connection.execute("DELETE FROM user_emails WHERE user_id = \(userID)")
        try connection.execute("DELETE FROM account_links WHERE user_id = \(userID)")
        try connection.execute("DELETE FROM totp_factors WHERE user_id = \(userID)")
        try connection.execute("DELETE FROM webauthn_credentials WHERE user_id = \(userID)")
        try connection.execute("DELETE FROM recovery_codes WHERE user_id = \(userID)")
        try connection.execute("DELETE FROM sessions WHERE user_id = \(userID)")
        try connection.execute("DELETE FROM known_devices WHERE user_id = \(userID)")
        try connection.execute("DELETE FROM account_history WHERE user_id = \(userID)")
        try connection.execute("DELETE FROM identities WHERE user_id = \(userID)")
        try connection.execute("UPDATE recoveries SET reason = '' WHERE user_id = \(userID)")
    }

    /// Ends all of an account's tokens.
    package func revokeTokens(userID: Int64, reason: String, at now: Timestamp) throws {
        try connection.execute(
            """
            UPDATE tokens SET revoked_at = \(now), revoked_reason = \(reason)
            WHERE user_id = \(userID) AND revoked_at IS NULL
            """)
    }

    /// How many administrators can act.
    package func administrators() throws -> Int64 {
        try connection.first("SELECT COUNT(*) AS n FROM users WHERE is_administrator = 1 AND state = 'active'")?.int(
            "n")
            ?? 0
    }

    /// Whether an administrator can sign in to the pages.
    package func hasSignedUpAdministrator() throws -> Bool {
        try connection.first(
            """
            SELECT u.id FROM users u WHERE u.is_administrator = 1 AND u.state = 'active' AND (u.password_hash IS NOT NULL
                OR EXISTS (SELECT 1 FROM webauthn_credentials w WHERE w.user_id = u.id AND w.is_discoverable = 1)
                OR EXISTS (SELECT 1 FROM identities i WHERE i.user_id = u.id))
            LIMIT 1
            """) != nil
    }

    /// Whether an issuer of single sign-on knows the account.
    package func hasIdentity(userID: Int64) throws -> Bool {
        try connection.first("SELECT user_id FROM identities WHERE user_id = \(userID) LIMIT 1") != nil
    }

    /// Gives or takes the rights on the whole instance.
    package func setRights(
        userID: Int64, isAdministrator: Bool, isModerator: Bool, isAuditor: Bool
    ) throws {
        try connection.execute(
            """
            UPDATE users SET is_administrator = \(isAdministrator), is_moderator = \(isModerator),
                is_auditor = \(isAuditor)
            WHERE id = \(userID)
            """)
    }

    /// Accounts in the order of their folded names, after one.
    package func list(after nameKey: String, limit: Int) throws -> [UserRecord] {
        try connection.query("SELECT * FROM users WHERE name_key > \(nameKey) ORDER BY name_key LIMIT \(limit)")
            .map(UserStore.record)
    }

    /// An account's history, newest first, before the entry with that id where one is given.
    package func history(userID: Int64, before: Int64?, limit: Int) throws -> [HistoryEntry] {
        let boundary: SQL =
            if let before {
                "AND (at, id) < ((SELECT at FROM account_history WHERE id = \(before)), \(before))"
            } else { "" }
        return try connection.query(
            """
            SELECT * FROM account_history WHERE user_id = \(userID) \(sql: boundary) ORDER BY at DESC, id DESC
            LIMIT \(limit)
            """
        ).compactMap(Self.historyEntry)
    }

    private static func historyEntry(_ row: SQLRow) throws -> HistoryEntry? {
        guard let kind = Notice.Kind(rawValue: try row.text("kind")) else { return nil }
        let details = try? JSONValue.parse(try row.bytes("details"))
        let pairs = (details?.members ?? []).map { ($0.name, $0.value.stringValue ?? "") }
        return HistoryEntry(
            id: try row.int("id"), kind: kind, at: try row.timestamp("at"), network: try row.text("network"),
            agent: try row.text("agent"), details: Dictionary(pairs) { first, _ in first })
    }

    private static func signInRow(_ row: SQLRow) throws -> SignInRow {
        SignInRow(
            userID: try row.int("id"), userName: try row.text("name"),
            isActive: try row.text("state") == UserRecord.State.active.rawValue,
            passwordHash: try row.optionalText("password_hash"),
            mustChangePassword: try row.bool("must_change_password"))
    }
}

/// What signing in needs to know of an account.
package struct SignInRow: Hashable, Sendable {
    package let userID: Int64
    package let userName: String
    package let isActive: Bool
    /// In PHC form; nil where the account has none.
    package let passwordHash: String?
    package let mustChangePassword: Bool
}
