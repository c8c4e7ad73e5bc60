package import RegistryModel

/// Hands messages to a mail server ([RFC 5321](https://www.rfc-editor.org/rfc/rfc5321)) through libcurl, on the threads of
/// a pool; one connection a message.
package struct SMTPMailer: Mailer {
    private let settings: SMTPSettings
    private let sender: MailSender
    private let clock: any WallClock
    private let pool: any WorkPool

    /// Sends from `sender`.
    package init(settings: SMTPSettings, sender: MailSender, clock: any WallClock, pool: any WorkPool) {
        self.settings = settings
        self.sender = sender
        self.clock = clock
        self.pool = pool
    }

    package func send(_ mail: Mail) async throws {
        let message = try MailMessage(mail, from: sender, at: clock.now())
        let transfer = SMTPTransfer(
            settings: settings, sender: sender.address, recipient: mail.recipient, message: message.bytes)
        try await pool.run { try transfer.run() }
    }
}
