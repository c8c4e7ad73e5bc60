import Accounts
import ArgumentParser
import HallmarkServer
import RegistryModel

/// `hallmark admin user`.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Manage people.",
        subcommands: [
            CreateUser.self, InviteUser.self, SetupLinkCommand.self, SuspendUser.self, RestoreUser.self,
            RecoverUser.self, UserRoleCommand.self,
        ])

    /// `hallmark admin user create NAME --email ADDR [--administrator]`.
    struct CreateUser: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "create", abstract: "Add a person.")

        @Argument(help: "The name: letters, digits, '-' and '_'.") var name: String
        @Option(help: "The person's address; never shown to anybody else.") var email: String
        @Flag(help: "Let the person administer the instance.") var administrator = false
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let user = try await options.withInstance { instance in
                try await instance.accounts.createUser(name: name, email: email, isAdministrator: administrator)
            }
            if options.json {
                let answer: JSONValue = [
                    "name": .string(user.name), "administrator": .bool(administrator),
                    "created": .string(user.createdAt.rfc3339(.seconds)),
                ]
                print(String(decoding: answer.bytes(), as: UTF8.self))
            } else {
                print(
                    "Created the user \(user.name). A token to publish with: hallmark admin token create --user \(user.name)"
                )
            }
        }
    }
}
