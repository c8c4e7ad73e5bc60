import Accounts
import ArgumentParser
import HallmarkServer
import Publishing
import RegistryModel

/// `hallmark admin mail`: how messages stand, and whether they can be sent.
struct MailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "Show how many messages wait, and try whether one can be sent.")

    @Option(help: "Hand a message over for this address now.") var test: String?
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let (backlog, isConfigured) = try await options.withInstance { instance in
            if let test { try await send(to: test, through: instance) }
            return (try await instance.outward.mails.backlog(), instance.outward.mails.isConfigured)
        }
        if options.json {
            let object: JSONValue = .compactObject([
                ("configured", .bool(isConfigured)), ("waiting", .integer(backlog.waiting)),
                ("oldest", backlog.oldest.map { .string($0.rfc3339(.seconds)) }),
                ("refused", .integer(backlog.refused)),
            ])
            return print(String(decoding: object.bytes(), as: UTF8.self))
        }
        if test != nil { print("The mail server has taken the message over.") }
        if !isConfigured {
            print("No mail server is configured: set 'mail-url' and 'mail-from'. Until then messages reach nobody.")
        }
        let since = backlog.oldest.map { ", the oldest since \($0.rfc3339(.seconds))" } ?? ""
        print("\(backlog.waiting) messages wait\(since); \(backlog.refused) were refused or given up in 30 days.")
    }

    private func send(to address: String, through instance: Instance) async throws {
        guard let mailer = instance.outward.mailer else {
            throw Problem(.badRequest, "No mail server is configured: set 'mail-url' and 'mail-from'.")
        }
        do {
            try await mailer.send(
                Mail(
                    id: instance.core.ids.next(), recipient: address, kind: "test",
                    subject: "A message of this package registry",
                    plain: "An administrator tried whether messages arrive. This one did.\n", html: ""))
        } catch MailFault.refused(let reason) {
            throw Problem(.badRequest, "The message was refused: \(reason)")
        } catch MailFault.unavailable(let reason) {
            throw Problem(.unavailable, "The message could not be handed over: \(reason)")
        }
    }
}
