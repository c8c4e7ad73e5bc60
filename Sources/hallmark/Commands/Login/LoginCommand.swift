import ArgumentParser
import Client
import Foundation

/// `hallmark login`.
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Sign in through a browser and keep a token for the commands of this program.",
        discussion: """
            The command shows a page and a code. Open the page on any device on which you are signed in, compare the code, and \
            allow it. The token goes into ~/.config/hallmark/credentials, which nobody but you can read, and lives for 90 days; \
            the page on which you see and revoke your tokens lists it.
            """)

    @Option(help: "What the token may do; may be repeated. (default: read+publish+yank)") var scope: [String] = []
    @OptionGroup var options: RegistryOptions

    func run() async throws {
        let login = DeviceLogin(try options.client())
        let path = try await login.run(
            scopes: scope.isEmpty ? ["read+publish+yank"] : scope, environment: ProcessInfo.processInfo.environment
        ) { prompt in
            Terminal.error(
                """
                Open \(prompt.page)
                and enter the code \(prompt.code), or open \(prompt.pageWithCode)
                Waiting for up to \(prompt.seconds / 60) minutes…
                """)
        }
        print("Signed in. The token is in \(path)")
    }
}
