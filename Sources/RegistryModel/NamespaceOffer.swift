/// An offer to hand a namespace over, which its receiver has to accept.
package struct NamespaceOffer: Hashable, Sendable {
    package let namespaceID: Int64
    package let fromID: Int64
    package let from: String
    package let toID: Int64
    package let to: String
    package let offeredAt: Timestamp
    /// When it goes by itself.
    package let expiresAt: Timestamp

    /// Collects a row.
    package init(
        namespaceID: Int64, fromID: Int64, from: String, toID: Int64, to: String, offeredAt: Timestamp,
        expiresAt: Timestamp
    ) {
        self.namespaceID = namespaceID
        self.fromID = fromID
        self.from = from
        self.toID = toID
        self.to = to
        self.offeredAt = offeredAt
        self.expiresAt = expiresAt
    }
}
