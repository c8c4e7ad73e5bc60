/// A message to one person.
package struct Mail: Hashable, Sendable {
    /// The row id; it also makes the message's own identifier.
    package let id: Int64
    /// One address.
    package let recipient: String
    /// What it is about, such as `token.created`.
    package let kind: String
    /// One line.
    package let subject: String
    /// The text for those who read text.
    package let plain: String
    /// The same as HTML, or empty.
    package let html: String

    /// Collects a message.
    package init(id: Int64, recipient: String, kind: String, subject: String, plain: String, html: String) {
        self.id = id
        self.recipient = recipient
        self.kind = kind
        self.subject = subject
        self.plain = plain
        self.html = html
    }
}

/// Hands messages over to somebody who delivers them.
package protocol Mailer: Sendable {
    /// Returns when the message has been taken over.
    /// - Throws: ``MailFault``, or ``Problem/Code/overloaded`` where too many wait.
    func send(_ mail: Mail) async throws
}

/// Why a message was not taken over.
package enum MailFault: Error, Hashable {
    /// It never will be: the address does not exist, or the message is refused.
    case refused(String)
    /// It may be later.
    case unavailable(String)
}
