import Accounts
import ArgumentParser
import HTTPSupport
import HallmarkServer
import RegistryModel

/// `hallmark admin issuer`.
struct IssuerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issuer",
        abstract: "Manage the issuers whose identity tokens are trusted beside those that are known.",
        subcommands: [Add.self, List.self, Remove.self])

    /// `hallmark admin issuer add NAME --issuer URL [--provider gitlab] [--claim NAME=RULE]…`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Trust an issuer.",
            discussion: """
                The address is exactly the 'iss' of its tokens. With --provider github or gitlab it is an instance of that \
                kind. Otherwise it has a table of claims of its own: each --claim is NAME=RULE, where RULE is

                  match     the owner of a project gives the value
                  id        an id that nobody else can ever get; the owner gives it, or the first use pins it
                  exist     it must be there
                  =VALUE    it must be that
                  !VALUE    it must not be that

                The claim 'sub' is always compared. At least one rule must be 'id'.
                """)

        @Argument(help: "What people call it.") var name: String
        @Option(help: "Its address, exactly as in 'iss'.") var issuer: String
        @Option(help: "github, gitlab, or custom.") var provider = "custom"
        @Option(help: "The organization for whose projects alone it speaks.") var organization: String?
        @Option(help: "A rule, NAME=RULE; may be repeated.") var claim: [String] = []
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            var claims: [String: String] = [:]
            for text in claim {
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                    throw ValidationError("'\(text)' is no rule. Write NAME=RULE, for example project_id=id.")
                }
                claims[String(parts[0])] = String(parts[1])
            }
            let table = claims
            try await options.withInstance { instance in
                _ = try await instance.makeAccountServices().trustedPublishing.addIssuer(
                    name: name, issuer: issuer, provider: provider, claims: table,
                    organization: organization, by: try await instance.accounts.commandLinePrincipal(as: nil))
            }
        }
    }

    /// `hallmark admin issuer list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show the issuers that were added.")

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let issuers = try await options.withInstance {
                try await $0.makeAccountServices().trustedPublishing.issuers()
            }
            for issuer in issuers {
                if options.json {
                    let value: JSONValue = [
                        "name": .string(issuer.name), "issuer": .string(issuer.issuer),
                        "provider": .string(issuer.provider), "claims": .texts(issuer.claims),
                    ]
                    print(String(decoding: value.bytes(), as: UTF8.self))
                } else {
                    let claims = issuer.claims.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                    print(([issuer.name, issuer.provider, issuer.issuer] + claims).joined(separator: "  "))
                }
            }
        }
    }

    /// `hallmark admin issuer remove NAME`.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Trust an issuer no more; tokens that were exchanged end at once.")

        @Argument(help: "What people call it.") var name: String
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            try await options.withInstance { instance in
                try await instance.makeAccountServices().trustedPublishing.removeIssuer(
                    name: name, by: try await instance.accounts.commandLinePrincipal(as: nil))
            }
        }
    }
}
