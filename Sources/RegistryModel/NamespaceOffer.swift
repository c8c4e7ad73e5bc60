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
    /// When its receiver accepted; nil while it waits for an answer.
    package var acceptedAt: Timestamp?
    /// When the namespace changes hands, where it was accepted; until then it can be taken back.
    package var effectiveAt: Timestamp?

    /// Collects a row.
    package init(
        namespaceID: Int64, fromID: Int64, from: String, toID: Int64, to: String, offeredAt: Timestamp,
        expiresAt: Timestamp, acceptedAt: Timestamp? = nil, effectiveAt: Timestamp? = nil
    ) {
        self.namespaceID = namespaceID
        self.fromID = fromID
        self.from = from
        self.toID = toID
        self.to = to
        self.offeredAt = offeredAt
        self.expiresAt = expiresAt
        self.acceptedAt = acceptedAt
        self.effectiveAt = effectiveAt
    }
}
