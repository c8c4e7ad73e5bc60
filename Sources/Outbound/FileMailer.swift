import Glibc
package import RegistryModel

/// Writes each message into a file that only the owner may read, `ID.eml`: for development and tests.
package struct FileMailer: Mailer {
    private let folder: String
    private let sender: MailSender
    private let clock: any WallClock
    private let pool: any WorkPool

    /// Writes into `folder`, which is made where it is missing.
    package init(folder: String, sender: MailSender, clock: any WallClock, pool: any WorkPool) {
        self.folder = folder
        self.sender = sender
        self.clock = clock
        self.pool = pool
    }

    package func send(_ mail: Mail) async throws {
        let message = try MailMessage(mail, from: sender, at: clock.now())
        try await pool.run { [folder] in try Self.write(message.bytes, named: "\(mail.id).eml", into: folder) }
    }

    private static func write(_ bytes: [UInt8], named name: String, into folder: String) throws(MailFault) {
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw fault("making '\(folder)'") }
        let file = open("\(folder)/\(name).part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw fault("writing into '\(folder)'") }
        let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        guard close(file) == 0, written == bytes.count else { throw fault("writing into '\(folder)'") }
        guard rename("\(folder)/\(name).part", "\(folder)/\(name)") == 0 else { throw fault("renaming a message") }
    }

    private static func fault(_ action: String) -> MailFault {
        .unavailable("\(action): \(String(cString: strerror(errno)))")
    }
}
