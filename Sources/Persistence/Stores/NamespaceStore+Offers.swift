package import RegistryModel

extension NamespaceStore {
    /// The offer of a namespace that waits for an answer, whether its time is over or not.
    package func offer(_ id: Int64) throws -> NamespaceOffer? {
        try connection.query(
            """
            SELECT o.*, a.name AS from_name, b.name AS to_name FROM namespace_offers o
                JOIN users a ON a.id = o.from_id JOIN users b ON b.id = o.to_id
            WHERE o.namespace_id = \(id)
            """
        ).first.map(Self.offer)
    }

    /// The offers that wait for a user's answer, in no order.
    package func offers(to userID: Int64, limit: Int) throws -> [NamespaceOffer] {
        try connection.query(
            """
            SELECT o.*, b.name AS to_name, a.name AS from_name FROM namespace_offers o
                JOIN users a ON a.id = o.from_id JOIN users b ON b.id = o.to_id
            WHERE o.to_id = \(userID) LIMIT \(limit)
            """
        ).map(Self.offer)
    }

    /// The accepted offers whose time to take effect has come, the longest waiting first.
    package func dueOffers(at now: Timestamp, limit: Int) throws -> [NamespaceOffer] {
        try connection.query(
            """
            SELECT o.*, a.name AS from_name, b.name AS to_name FROM namespace_offers o
                JOIN users a ON a.id = o.from_id JOIN users b ON b.id = o.to_id
            WHERE o.effective_at IS NOT NULL AND o.effective_at <= \(now) ORDER BY o.effective_at LIMIT \(limit)
            """
        ).map(Self.offer)
    }

    /// Makes an offer, or replaces the one there is.
    package func putOffer(_ offer: NamespaceOffer) throws {
        try connection.execute(
            """
            INSERT INTO namespace_offers (namespace_id, from_id, to_id, offered_at, expires_at, accepted_at,
                effective_at)
            VALUES (\(offer.namespaceID), \(offer.fromID), \(offer.toID), \(offer.offeredAt), \(offer.expiresAt),
                \(offer.acceptedAt), \(offer.effectiveAt))
            ON CONFLICT (namespace_id) DO UPDATE SET from_id = excluded.from_id, to_id = excluded.to_id,
                offered_at = excluded.offered_at, expires_at = excluded.expires_at,
                accepted_at = excluded.accepted_at, effective_at = excluded.effective_at
            """)
    }

    /// Ends an offer.
    package func removeOffer(_ id: Int64) throws {
        try connection.execute("DELETE FROM namespace_offers WHERE namespace_id = \(id)")
    }

    private static func offer(_ row: SQLRow) throws -> NamespaceOffer {
        NamespaceOffer(
            namespaceID: try row.int("namespace_id"), fromID: try row.int("from_id"), from: try row.text("from_name"),
            toID: try row.int("to_id"), to: try row.text("to_name"), offeredAt: try row.timestamp("offered_at"),
            expiresAt: try row.timestamp("expires_at"), acceptedAt: try row.optionalTimestamp("accepted_at"),
            effectiveAt: try row.optionalTimestamp("effective_at"))
    }
}
