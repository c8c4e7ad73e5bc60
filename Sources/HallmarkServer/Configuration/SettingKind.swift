/// What becomes of a setting where the instance tells of itself.
enum SettingKind: Sendable {
    /// Decides who may do what: shown, part of the policies' digest, and copied by `hallmark assess`.
    case policy
    /// Where things are and how much they may take: neither shown nor copied.
    case place
    /// Other servers that are asked; an assessment puts its own in their place.
    case service
    /// Never leaves the process.
    case secret

    /// The kind of a setting.
    ///
    /// A name that is not listed is kept secret; a test holds that every setting is listed.
    static func of(_ name: String) -> SettingKind {
        if policies.contains(name) { return .policy }
        if places.contains(name) { return .place }
        return services.contains(name) ? .service : .secret
    }

    /// Whether somebody decided about that setting.
    static func isListed(_ name: String) -> Bool {
        secrets.contains(name) || of(name) != .secret
    }

    private static let policies: Set<String> = [
        "default-visibility", "operator-tokens", "unpublish-hours", "unpublish-downloads", "unclaimed-namespaces",
        "staging-days", "release-open-days", "max-projects-per-day", "maven-verified-requires",
        "maven-unclaimed-requires", "private-code-hosts", "max-archive-entries", "max-archive-ratio",
        "max-archive-mebibytes", "max-file-mebibytes", "max-bundle-mebibytes", "max-project-mebibytes",
        "sign-up", "second-factor", "password-characters", "argon-mebibytes", "argon-passes", "argon-lanes",
        "session-idle-days", "session-days", "fresh-minutes", "recovery-wait-hours", "critical-projects",
        "critical-minimum-projects", "critical-dependents", "critical-grace-days", "transfer-wait-days",
        "abandoned-domain-days",
    ]

    private static let places: Set<String> = [
        "data", "blobs-url", "listen", "listen-tls", "public-url", "tls-local", "tls-cert", "event-loops",
        "trusted-proxies", "metrics-readers", "log-level", "cache-mebibytes", "max-connections", "shutdown-seconds",
        "header-seconds", "idle-seconds", "max-requests", "maven-snapshots-kept", "security-contact",
        "composer-branch-builds-kept",
    ]

    private static let services: Set<String> = [
        "dns-resolver", "dns-trust-anchor", "code-hosts", "code-host-apis", "leaked-passwords", "rdap-url",
        "outbound-ca-file", "mail-url", "mail-from", "sso-issuer", "sso-client-id", "sso-title", "sso-scopes",
        "sso-groups-claim", "sso-factor-amr", "sso-sign-up", "sso-groups", "github-api",
    ]

    /// Services whose use is a policy, though their address is none, and what says that they are not used.
    static let switches: [String: String] = ["leaked-passwords": "off", "rdap-url": "off"]

    private static let secrets: Set<String> = [
        "database-url", "master-key-file", "tls-key", "mail-password-file", "sso-client-secret-file",
    ]
}
