package import Persistence
package import RegistryModel

/// Tells account owners what happened: a row of the account's history, and a mail to every confirmed address (AUTHN-1.4).
///
/// Both are written in the transaction that makes the change, so that no change goes unnoticed. What a mail says is sealed
/// until it is sent.
package struct Notices: Sendable {
    private let ids: RowIDs
    private let clock: any WallClock
    private let publicURL: String
    private let secrets: any SecretBox

    /// Links in mails begin with `publicURL`; `secrets` seals what mails say.
    package init(ids: RowIDs, clock: any WallClock, publicURL: String, secrets: any SecretBox) {
        self.ids = ids
        self.clock = clock
        self.publicURL = publicURL
        self.secrets = secrets
    }

    /// Tells one account.
    package func post(_ notice: Notice, to userID: Int64, on connection: any SQLConnection) throws {
        let store = NoticeStore(connection)
        try store.insertHistory(id: ids.next(), userID: userID, notice: notice, at: clock.now())
        for recipient in try store.confirmedAddresses(userID: userID) {
            try post(notice, to: userID, at: recipient, on: connection)
        }
    }

    /// Mails a notice to one address alone, such as one that was just removed; nothing is added to the history.
    package func post(_ notice: Notice, to userID: Int64, at recipient: String, on connection: any SQLConnection) throws
    {
        guard let user = try UserStore(connection).find(id: userID) else { return }
        let text = NoticeText.text(notice, userName: user.name, house: publicURL, at: clock.now())
        try queue(text, kind: notice.kind.rawValue, to: recipient, userID: userID, on: connection)
    }

    /// Sends a message with a link to one address.
    package func send(
        _ mail: LinkMail, to recipient: String, userID: Int64?, on connection: any SQLConnection
    ) throws {
        let text = LinkMailText.text(mail, house: publicURL)
        try queue(text, kind: mail.purpose.rawValue, to: recipient, userID: userID, on: connection)
    }

    private func queue(
        _ text: MailText, kind: String, to recipient: String, userID: Int64?, on connection: any SQLConnection
    ) throws {
        let id = ids.next()
        let mail = QueuedMail(
            id: id, recipient: recipient, kind: kind,
            sealedContent: try secrets.seal(MailContent.bytes(text), for: MailContent.place(id)), attempts: 0,
            createdAt: clock.now())
        try MailStore(connection).insert(mail, userID: userID)
    }
}

/// What a row of the queue holds of a message, before it is sealed.
enum MailContent {
    /// Where a message is sealed for.
    static func place(_ id: Int64) -> String { "mail:\(id)" }

    /// The bytes of a text.
    static func bytes(_ text: MailText) -> [UInt8] {
        (["subject": .string(text.subject), "plain": .string(text.plain), "html": .string(text.html)] as JSONValue)
            .bytes()
    }

    /// The text of bytes, or nil where they hold none.
    static func text(_ bytes: [UInt8]) -> MailText? {
        guard let value = try? JSONValue.parse(bytes), let subject = value["subject"]?.stringValue,
            let plain = value["plain"]?.stringValue, let html = value["html"]?.stringValue
        else { return nil }
        return MailText(subject: subject, plain: plain, html: html)
    }
}
