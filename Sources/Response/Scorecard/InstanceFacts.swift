import Crypto
package import RegistryModel

/// What an instance says about itself, so that whoever assesses it knows what was assessed.
package struct InstanceFacts: Sendable {
    /// The version of the running binary.
    package let version: String
    /// The policies in effect that decide about its security, by the names of their settings.
    package let policies: [String: String]
    private let digest: @Sendable () async throws -> String

    /// Collects the facts.
    /// - Parameters:
    ///   - version: The version of the running binary.
    ///   - policies: The settings in effect that decide about security.
    ///   - binaryDigest: The SHA-256 of the running binary in hexadecimal; found out when somebody asks.
    package init(
        version: String, policies: [String: String], binaryDigest: @escaping @Sendable () async throws -> String
    ) {
        self.version = version
        self.policies = policies
        digest = binaryDigest
    }

    /// The SHA-256 of the running binary in hexadecimal.
    package func binaryDigest() async throws -> String { try await digest() }

    /// The SHA-256 over the policies, in hexadecimal.
    package var policyDigest: String { Self.digest(of: policies) }

    /// The SHA-256 over policies: over their canonical JSON, whose members are sorted.
    package static func digest(of policies: [String: String]) -> String {
        Hex.encode(SHA256.hash(data: json(policies).canonicalBytes()))
    }

    /// Policies as a JSON object, sorted by name.
    package static func json(_ policies: [String: String]) -> JSONValue {
        .object(policies.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }
}
