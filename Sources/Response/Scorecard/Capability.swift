/// One of the four tracks of the Principles for Package Repository Security.
package enum Track: String, Sendable, CaseIterable {
    case authentication, authorization, general
    /// The tools that people install with.
    case commandLine = "cli"
}

/// One capability of the Principles for Package Repository Security, v0.1.
package struct Capability: Hashable, Sendable {
    /// Such as `AUTHN-1.1`; the same everywhere.
    package let id: String
    /// Its track.
    package let track: Track
    /// The level of the track that it belongs to, 1 to 3.
    package let level: Int
    /// What it is, in a few words.
    package let title: String

    /// The level is in the id, so it is said once.
    fileprivate init(_ id: String, _ title: String) {
        self.id = id
        self.title = title
        let parts = id.split(separator: "-")
        track =
            switch parts[0] {
            case "AUTHN": .authentication
            case "AUTHZ": .authorization
            case "GEN": .general
            default: .commandLine
            }
        level = parts[1].first?.wholeNumberValue ?? 0
    }
}

extension Capability {
    /// All of them, by track and level.
    package static let all: [Capability] = [
        Capability("AUTHN-1.1", "Verified email"),
        Capability("AUTHN-1.2", "Recovery policy documented"),
        Capability("AUTHN-1.3", "Codes by time (TOTP)"),
        Capability("AUTHN-1.4", "Security notices by mail"),
        Capability("AUTHN-1.5", "Brute-force prevention"),
        Capability("AUTHN-2.1", "Abandoned email domains"),
        Capability("AUTHN-2.2", "WebAuthn security keys"),
        Capability("AUTHN-2.3", "Second factor required for critical packages"),
        Capability("AUTHN-2.4", "Leaked passwords refused"),
        Capability("AUTHN-3.1", "Passkeys"),
        Capability("AUTHN-3.2", "Second factor for all maintainers"),
        Capability("AUTHN-3.3", "Phishing-resistant factor for critical packages"),
        Capability("AUTHZ-1.1", "Tokens scoped to packages"),
        Capability("AUTHZ-1.2", "Tokens with a known prefix"),
        Capability("AUTHZ-2.1", "Roles"),
        Capability("AUTHZ-3.1", "Trusted publishing (OIDC token exchange)"),
        Capability("AUTHZ-3.2", "Leaked tokens revoked on report"),
        Capability("AUTHZ-3.3", "Build provenance"),
        Capability("GEN-1.1", "Vulnerability disclosure policy"),
        Capability("GEN-1.2", "Typosquatting hindered"),
        Capability("GEN-2.1", "Unpublish policy"),
        Capability("GEN-2.2", "Packages can be reported"),
        Capability("GEN-2.3", "Malware detection"),
        Capability("GEN-2.4", "Vulnerabilities shown"),
        Capability("GEN-3.1", "Security reviews published"),
        Capability("GEN-3.2", "Event transparency log"),
        Capability("GEN-3.3", "Malware advisories in OSV"),
        Capability("CLI-1.1", "Installs pinned by hash"),
        Capability("CLI-2.1", "Warnings at install"),
        Capability("CLI-3.1", "Bills of materials"),
        Capability("CLI-3.2", "Automatic remediation"),
        Capability("CLI-3.3", "Reachability of findings"),
    ]

    /// The capability of that id.
    package static func find(_ id: String) -> Capability? {
        all.first { $0.id == id }
    }
}

extension Track {
    /// The name for people.
    package var title: String {
        switch self {
        case .authentication: "Authentication"
        case .authorization: "Authorization"
        case .general: "General"
        case .commandLine: "Client tools"
        }
    }
}
