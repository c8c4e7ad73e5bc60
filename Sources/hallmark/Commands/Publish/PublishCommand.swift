import ArgumentParser
import Client
import Foundation
import Publishing
import RegistryModel

/// `hallmark publish [PATH]`.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Publish a package of any ecosystem by its own protocol.",
        discussion: """
            PATH is a package's folder or its archive. What it is, it says itself:

              Package.swift                      a Swift package; needs an identity (--name, or from git's origin)
              Cargo.toml, *.crate                a crate; packed with 'cargo package'
              pyproject.toml, *.whl, *.tar.gz    a Python package; dist/ as it is, or built with 'python3 -m build' or uv
              package.json, *.tgz                an npm package; packed with 'npm pack'
              composer.json, *.zip               a Composer package; packed with 'git archive' or 'composer archive'
              pom.xml, a bundle                  a Maven artifact; target/ as it is, or built with 'mvn package'

            A Swift package is signed with --signing-key FILE (PEM or PKCS #8) and --signing-certificate FILE (PEM or DER), \
            which is given again for each certificate that vouches for the first.

            Swift and Composer packages have their version from --version, or from a tag of the commit: v1.2.3 is 1.2.3.

            With --dry-run the registry makes every check that it makes for a publish, and keeps nothing. With --staged the \
            release waits until somebody releases it; until then only its publishers see it, at an address of its own.

            With --trusted the registry gives a token for this one project and 15 minutes, in exchange for the identity token of \
            GitHub Actions, GitLab or another issuer; the project's owner has added the workflow as a trusted publisher.

            The token is never an argument. It comes from HALLMARK_TOKEN, from --token-file, or from \
            ~/.config/hallmark/credentials, which has on each line a registry's address and its token and must be readable by \
            you alone.

            It ends with 0 where the release is published, staged or would be, with 1 where the answer is no, and with 2 \
            where the command is wrong.

            EXAMPLES
              HALLMARK_REGISTRY=https://packages.example.org hallmark publish --dry-run
              hallmark publish dist/lantern-1.0-py3-none-any.whl --registry https://packages.example.org
              hallmark publish --staged --json . | jq -r .staging.key
            """)

    @Argument(help: "A folder or an archive.") var path = "."
    @Option(help: "swift, cargo, pypi, npm, composer or maven, where the package could be several.")
    var ecosystem: PublishEcosystem?
    @Option(help: "The version, where the package does not hold it; of several built ones, which.")
    var version: String?
    @Option(help: "A Swift package's identity, scope.name.") var name: String?
    @Option(help: "npm's distribution tag. (default: latest; next for a pre-release)") var tag: String?
    @Flag(help: "Let the release wait until somebody releases it.") var staged = false
    @Flag(help: "Make every check and keep nothing.") var dryRun = false
    @Flag(help: "Publish although there are files that are not committed; they are left out where git packs.")
    var allowDirty = false
    @Flag(help: "Pack a crate without building it.") var noVerify = false
    @Option(help: ArgumentHelp("The private key that signs a Swift package.", valueName: "file"))
    var signingKey: String?
    @Option(
        help: ArgumentHelp(
            "The certificate of that key, and again for those that vouch for it, in their order.", valueName: "file"))
    var signingCertificate: [String] = []
    @Flag(help: "Publish without a token of your own, as a trusted publisher, with the CI service's identity token.")
    var trusted = false
    @Option(help: ArgumentHelp("A file that holds nothing but the identity token.", valueName: "file"))
    var idTokenFile: String?
    @Option(help: ArgumentHelp("The variable with the identity token. (default: HALLMARK_ID_TOKEN)", valueName: "name"))
    var idTokenVariable: String?
    @OptionGroup var options: RegistryOptions

    func run() async throws {
        let bar = ProgressBar()
        let publisher = Publisher(try options.client()) { sent, total in
            bar.observer(UpkeepProgress("bytes sent", done: Int64(sent), total: Int64(total)))
        }
        do {
            let report = try await publisher.publish(
                PublishOptions(
                    path: path, ecosystem: ecosystem, version: version, name: name, tag: tag, allowsDirty: allowDirty,
                    skipsBuild: noVerify, isStaged: staged, isDryRun: dryRun, signingKey: signingKey,
                    signingCertificates: signingCertificate, identity: identity))
            bar.clear()
            if options.json {
                print(String(decoding: report.json.bytes(), as: UTF8.self))
            } else {
                for line in report.lines { print(line) }
            }
        } catch {
            bar.clear()
            if options.json, let refusal = (error as? ClientFault)?.refusal { print(Self.json(refusal)) }
            throw error
        }
    }

    /// Where the identity token of a trusted publisher comes from.
    private var identity: IdentitySource? {
        guard trusted || idTokenFile != nil || idTokenVariable != nil else { return nil }
        return IdentitySource(
            file: idTokenFile, variable: idTokenVariable, environment: ProcessInfo.processInfo.environment)
    }

    private static func json(_ refusal: Refusal) -> String {
        let problem = JSONValue.compactObject([
            ("status", .integer(Int64(refusal.status))), ("code", refusal.code.map(JSONValue.string)),
            ("detail", .string(refusal.detail)),
        ])
        let answer: JSONValue = ["published": false, "problem": problem]
        return String(decoding: answer.bytes(), as: UTF8.self)
    }
}

extension PublishEcosystem: ExpressibleByArgument {}
