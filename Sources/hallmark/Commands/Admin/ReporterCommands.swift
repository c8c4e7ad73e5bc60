import Accounts
import ArgumentParser
import Foundation
import HTTPSupport
import HallmarkServer
import RegistryModel

/// `hallmark admin reporter`.
struct ReporterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reporter", abstract: "Manage who may report leaked tokens.",
        subcommands: [Add.self, List.self, Remove.self])

    /// `hallmark admin reporter add NAME (--keys-url URL | --key FILE --key-id ID)`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Take signed reports of somebody, and revoke what they report at once.",
            discussion: """
                For GitHub: hallmark admin reporter add github \
                --keys-url https://api.github.com/meta/public_keys/secret_scanning
                """)

        @Argument(help: "What the log and mails call it.") var name: String
        @Option(help: "Where its keys are, in GitHub's form.") var keysUrl: String?
        @Option(help: "A file with one public key in PEM.") var key: String?
        @Option(help: "What reports call that key.") var keyId: String?
        @Option(help: "The header field with the key's id.") var keyIdHeader = "GITHUB-PUBLIC-KEY-IDENTIFIER"
        @Option(help: "The header field with the signature.") var signatureHeader = "GITHUB-PUBLIC-KEY-SIGNATURE"
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            var wish = ReporterWish(name: name)
            wish.keyIDHeader = keyIdHeader
            wish.signatureHeader = signatureHeader
            wish.keysURL = keysUrl
            if let key {
                guard let handle = FileHandle(forReadingAtPath: key),
                    let bytes = try handle.read(upToCount: 64 << 10)
                else { throw Problem(.notFound, "The file '\(key)' cannot be read.") }
                wish.key = (keyId ?? "", String(decoding: bytes, as: UTF8.self))
            }
            let reporter = wish
            try await options.withInstance { instance in
                try await instance.makeAccountServices().secretReports.addReporter(
                    reporter, by: try await instance.accounts.commandLinePrincipal(as: nil))
            }
        }
    }

    /// `hallmark admin reporter list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Show who may report.")

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let reporters = try await options.withInstance { instance in
                try await instance.makeAccountServices().secretReports.reporters(
                    by: try await instance.accounts.commandLinePrincipal(as: nil))
            }
            for reporter in reporters {
                let place = reporter.keysURL ?? "given: \(reporter.keys.map(\.id).joined(separator: " "))"
                if options.json {
                    let value: JSONValue = [
                        "name": .string(reporter.name), "keys": .string(place),
                        "key_id_header": .string(reporter.keyIDHeader),
                        "signature_header": .string(reporter.signatureHeader),
                    ]
                    print(String(decoding: value.bytes(), as: UTF8.self))
                } else {
                    print("\(reporter.name)  \(place)")
                }
            }
        }
    }

    /// `hallmark admin reporter remove NAME`.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Take no more reports of somebody.")

        @Argument(help: "What the log and mails call it.") var name: String
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            try await options.withInstance { instance in
                try await instance.makeAccountServices().secretReports.removeReporter(
                    name: name, by: try await instance.accounts.commandLinePrincipal(as: nil))
            }
        }
    }
}
