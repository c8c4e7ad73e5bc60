import Accounts
import ArgumentParser
import HallmarkServer
import RegistryModel

/// `hallmark admin token`.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Manage operator tokens.", subcommands: [CreateToken.self])

    /// `hallmark admin token create --user NAME [--scope SCOPE]… [--expires 30d]`.
    struct CreateToken: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Make an operator token and print it, alone, on standard output.",
            discussion: """
                A scope is ACTION[+ACTION][:ECOSYSTEM[:PATTERN]] with the actions read, publish, yank and manage, for \
                example publish:npm:@team/*. Without one the token may do everything the user may do.
                """)

        @Option(help: "Whose token it is.") var user: String
        @Option(help: "What it may do; may be repeated.") var scope: [String] = []
        @Option(help: "How long it lives: a number with s, m, h or d; 90d at most.") var expires = "30d"
        @Flag(help: "All that is published with it waits until somebody releases it; it cannot release itself.")
        var staged = false
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let scopes = try scope.map { text in
                guard let scope = TokenScope(text) else {
                    throw ValidationError(
                        "'\(text)' is no scope. Write ACTION[+ACTION][:ECOSYSTEM[:PATTERN]], for example publish:pypi.")
                }
                return scope
            }
            guard let lifetime = Self.seconds(expires) else {
                throw ValidationError("'\(expires)' is no duration. Write for example 12h or 30d.")
            }
            let token = try await options.withInstance { instance in
                try await instance.accounts.createOperatorToken(
                    userName: user, scopes: scopes.map(instance.normalized), lifetimeSeconds: lifetime,
                    alwaysStages: staged)
            }
            print(token)
        }

        private static func seconds(_ text: String) -> Int64? {
            let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
            guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count > 0 else {
                return nil
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: unit)
            return overflow ? nil : product
        }
    }
}
