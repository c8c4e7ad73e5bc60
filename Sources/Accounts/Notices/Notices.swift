package import Persistence
package import RegistryModel

/// Tells account owners what happened: a row of the account's history, and a mail to every confirmed address (AUTHN-1.4).
///
/// Both are written in the transaction that makes the change, so that no change goes unnoticed.
package struct Notices: Sendable {
    private let ids: RowIDs
    private let clock: any WallClock
    private let publicURL: String

    /// Links in mails begin with `publicURL`.
    package init(ids: RowIDs, clock: any WallClock, publicURL: String) {
        self.ids = ids
        self.clock = clock
        self.publicURL = publicURL
    }

    /// Tells one account.
    package func post(_ notice: Notice, to userID: Int64, on connection: any SQLConnection) throws {
        let now = clock.now()
        let store = NoticeStore(connection)
        try store.insertHistory(id: ids.next(), userID: userID, notice: notice, at: now)
        guard let user = try UserStore(connection).find(id: userID) else { return }
        let text = NoticeText(notice, userName: user.name, publicURL: publicURL)
        for recipient in try store.confirmedAddresses(userID: userID) {
            let mail = Mail(
                id: ids.next(), recipient: recipient, kind: notice.kind.rawValue, subject: text.subject,
                plain: text.plain, html: text.html)
            try store.insertMail(mail, userID: userID, at: now)
        }
    }
}
