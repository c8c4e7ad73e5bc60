import Accounts
import ArgumentParser
import Foundation
import HallmarkServer
import Publishing
import RegistryModel

/// `hallmark admin signing-key`.
struct SigningKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signing-key", abstract: "Manage the OpenPGP keys that publishers sign Maven artifacts with.",
        subcommands: [Add.self, List.self, Remove.self])

    /// `hallmark admin signing-key add --user NAME FILE`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Register a public key and print its fingerprint.",
            discussion: "The file is what 'gpg --export KEY' or 'gpg --armor --export KEY' writes; '-' reads it from "
                + "standard input.")

        @Option(help: "Whose key it is.") var user: String
        @Argument(help: "The file with the public key.") var file: String
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let handle: FileHandle
            if file == "-" {
                handle = .standardInput
            } else {
                guard let opened = FileHandle(forReadingAtPath: file) else {
                    throw Problem(.notFound, "The file '\(file)' cannot be read.")
                }
                handle = opened
            }
            // One byte more than is taken, so that what is too long is told from what is not.
            let bytes = [UInt8](try handle.read(upToCount: SigningKeys.maximumBytes + 1) ?? Data())
            let key = try await options.withInstance { instance in
                try await instance.signingKeys.add(
                    bytes, for: SigningKeyCommand.owner(user, instance),
                    by: try await instance.accounts.commandLinePrincipal(as: nil))
            }
            print(key.fingerprint)
        }
    }

    /// `hallmark admin signing-key list --user NAME`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Show a publisher's keys.")

        @Option(help: "Whose keys they are.") var user: String
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let keys = try await options.withInstance { instance in
                try await instance.signingKeys.list(of: SigningKeyCommand.owner(user, instance).id)
            }
            if options.json {
                let rows = keys.map { key -> JSONValue in
                    ["fingerprint": .string(key.fingerprint), "created": .string(key.createdAt.rfc3339(.seconds))]
                }
                print(String(decoding: JSONValue.array(rows).bytes(), as: UTF8.self))
            } else {
                for key in keys { print("\(key.fingerprint)  \(key.createdAt.rfc3339(.seconds))") }
            }
        }
    }

    /// `hallmark admin signing-key remove --user NAME FINGERPRINT`.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Stop accepting signatures by a key; what was published with it stays.")

        @Option(help: "Whose key it is.") var user: String
        @Argument(help: "The key's fingerprint.") var fingerprint: String
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            try await options.withInstance { instance in
                try await instance.signingKeys.remove(
                    fingerprint, of: SigningKeyCommand.owner(user, instance),
                    by: try await instance.accounts.commandLinePrincipal(as: nil))
            }
            print("Removed the key.")
        }
    }

    private static func owner(_ name: String, _ instance: Instance) async throws -> UserRecord {
        guard let user = try await instance.accounts.user(named: name) else {
            throw Problem(.userUnknown, "There is no user '\(name.prefix(64))'.")
        }
        return user
    }
}
