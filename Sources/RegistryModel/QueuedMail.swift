/// A message in the queue, as it is stored.
package struct QueuedMail: Hashable, Sendable {
    /// The row id, which is also the message's.
    package let id: Int64
    package let recipient: String
    package let kind: String
    /// Subject and texts, sealed.
    package let sealedContent: [UInt8]
    /// How often it was tried, this time included.
    package let attempts: Int64
    package let createdAt: Timestamp

    /// Collects a row.
    package init(
        id: Int64, recipient: String, kind: String, sealedContent: [UInt8], attempts: Int64, createdAt: Timestamp
    ) {
        self.id = id
        self.recipient = recipient
        self.kind = kind
        self.sealedContent = sealedContent
        self.attempts = attempts
        self.createdAt = createdAt
    }
}

/// How the queue of messages stands.
package struct MailBacklog: Hashable, Sendable {
    /// How many wait or are on their way.
    package let waiting: Int64
    /// Since when the oldest of them waits.
    package let oldest: Timestamp?
    /// How many were refused, or given up, in the last 30 days.
    package let refused: Int64

    /// Collects the numbers.
    package init(waiting: Int64 = 0, oldest: Timestamp? = nil, refused: Int64 = 0) {
        self.waiting = waiting
        self.oldest = oldest
        self.refused = refused
    }
}
