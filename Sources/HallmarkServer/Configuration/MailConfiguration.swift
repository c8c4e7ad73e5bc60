import Foundation
import Outbound
import RegistryModel

/// Through whom messages go, and from whom they come.
struct MailConfiguration: Sendable {
    /// Through whom.
    enum Transport: Hashable, Sendable {
        /// Nobody: messages wait, and are given up after three days.
        case none
        /// Into files in the data directory, for development.
        case file
        case server(SMTPSettings)
    }

    let transport: Transport
    let sender: MailSender

    /// Reads and checks the settings; `host` is that of the public address.
    init(_ settings: Settings, host: String) throws(Problem) {
        sender = try Self.sender(settings, host: host)
        guard let url = settings.text("mail-url") else {
            transport = .none
            return
        }
        guard url != "file:" else {
            transport = .file
            return
        }
        guard var server = SMTPSettings(url) else {
            throw Problem(
                .badRequest,
                "'mail-url' must be smtp://[USER@]HOST[:PORT] (with STARTTLS), smtps://[USER@]HOST[:PORT], "
                    + "smtp+plain://localhost[:PORT], or file:.")
        }
        guard settings.text("mail-from") != nil else {
            throw Problem(.badRequest, "'mail-url' needs 'mail-from', the address that messages come from.")
        }
        server.password = try settings.secret("mail-password-file")
        guard (server.user == nil) == (server.password == nil) else {
            throw Problem(.badRequest, "A user in 'mail-url' and 'mail-password-file' belong together.")
        }
        server.authorities = try settings.authorities()
        server.helloName = host
        transport = .server(server)
    }

    private static func sender(_ settings: Settings, host: String) throws(Problem) -> MailSender {
        let text = settings.text("mail-from") ?? "Hallmark <noreply@\(DomainName.isValid(host) ? host : "localhost")>"
        guard let sender = MailSender(text) else {
            throw Problem(.badRequest, "'mail-from' must be ADDRESS or NAME <ADDRESS>, not '\(text)'.")
        }
        return sender
    }
}

extension Settings {
    /// The one line that a file holds, or nil where none is named.
    func secret(_ key: String) throws(Problem) -> String? {
        guard let path = text(key) else { return nil }
        guard let bytes = FileManager.default.contents(atPath: path), bytes.count <= 4096,
            let line = String(bytes: bytes, encoding: .utf8)?.trimmingCharacters(in: .newlines), !line.isEmpty,
            !line.contains(where: \.isNewline)
        else { throw Problem(.badRequest, "'\(key)' names the file '\(path)', which holds no line that can be read.") }
        return line
    }

    /// The file with certificates that are trusted beside the system's, when other servers are asked.
    func authorities() throws(Problem) -> String? {
        guard let path = text("outbound-ca-file") else { return nil }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw Problem(.badRequest, "'outbound-ca-file' names the file '\(path)', which cannot be read.")
        }
        return path
    }
}
