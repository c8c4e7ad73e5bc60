import Foundation

/// Where the registry is and who asks: put together from options, variables and a file of credentials.
///
/// A token is never an argument: every user of the machine can read those. It comes from `HALLMARK_TOKEN`, a file named by
/// `--token-file` or `HALLMARK_TOKEN_FILE`, or the credentials file, in this order.
package struct RegistrySettings: Sendable {
    /// What the command line says.
    package struct Options: Sendable {
        /// `--registry`.
        package var registry: String?
        /// `--token-file`; `-` is standard input.
        package var tokenFile: String?
        /// `--ca-file`.
        package var authorityFile: String?
        /// `--allow-http`: send a token without TLS to another machine.
        package var allowsHTTP: Bool

        /// Collects the options.
        package init(
            registry: String? = nil, tokenFile: String? = nil, authorityFile: String? = nil, allowsHTTP: Bool = false
        ) {
            self.registry = registry
            self.tokenFile = tokenFile
            self.authorityFile = authorityFile
            self.allowsHTTP = allowsHTTP
        }
    }

    /// The registry's address.
    package let address: RegistryAddress
    /// The token; nil where there is none.
    let token: Secret?
    /// Certificates to trust beside the system's.
    package let authorityFile: String?

    /// Puts the settings together.
    /// - Throws: ``ClientFault``, saying what to set.
    package init(_ options: Options, environment: [String: String]) throws {
        func variable(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        guard let text = options.registry ?? variable("HALLMARK_REGISTRY") else {
            throw ClientFault(
                "Which registry? Name it with --registry https://packages.example.org or in HALLMARK_REGISTRY.",
                isUsage: true)
        }
        guard let address = RegistryAddress(text) else {
            throw ClientFault(
                "The registry's address must be like https://packages.example.org, without user, query and fragment.",
                isUsage: true)
        }
        self.address = address
        authorityFile = options.authorityFile ?? variable("HALLMARK_CA_FILE")
        token = try Self.token(options, address, environment, variable)
        guard token == nil || address.isSecure || address.isLoopback || options.allowsHTTP else {
            throw ClientFault(
                "\(address) is not https: the token would be readable on the way. Use https, or --allow-http if the network "
                    + "is yours.")
        }
    }

    private static func token(
        _ options: Options, _ address: RegistryAddress, _ environment: [String: String],
        _ variable: (String) -> String?
    ) throws -> Secret? {
        if let file = options.tokenFile { return try Secret(reading: file) }
        if let text = variable("HALLMARK_TOKEN") { return try Secret(text, from: "HALLMARK_TOKEN") }
        if let file = variable("HALLMARK_TOKEN_FILE") { return try Secret(reading: file) }
        guard let path = CredentialsFile.path(environment) else { return nil }
        return try CredentialsFile(path)?.token(for: address)
    }
}
