import ArgumentParser
import Client
import Foundation
import HallmarkServer

/// Options of every command that speaks to a registry over the network.
struct RegistryOptions: ParsableArguments {
    @Option(help: "The registry's address, as HALLMARK_REGISTRY.") var registry: String?
    @Option(
        help: ArgumentHelp(
            "A file that holds nothing but the token, as HALLMARK_TOKEN_FILE; - is standard input. HALLMARK_TOKEN holds the token itself.",
            valueName: "file"))
    var tokenFile: String?
    @Option(
        help: ArgumentHelp(
            "Certificates in PEM to trust beside the system's, as HALLMARK_CA_FILE.", valueName: "file"))
    var caFile: String?
    @Flag(help: "Send the token without TLS, also to another machine.") var allowHttp = false
    @Flag(help: "Answer in JSON.") var json = false

    /// The registry that they name.
    func client() throws -> RegistryClient {
        let options = RegistrySettings.Options(
            registry: registry, tokenFile: tokenFile, authorityFile: caFile, allowsHTTP: allowHttp)
        let settings = try RegistrySettings(options, environment: ProcessInfo.processInfo.environment)
        return RegistryClient(settings, userAgent: "hallmark/\(HallmarkVersion.text)") {
            Terminal.error("hallmark: \($0)")
        }
    }
}
