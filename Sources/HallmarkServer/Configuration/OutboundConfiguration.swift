import Accounts
import Glibc
import Outbound
import Publishing
import RegistryModel

/// How other servers are asked: name servers and code hosts.
struct OutboundConfiguration: Sendable {
    let dns: UnboundResolver.Settings
    let codeHosts: [CodeHost]
    /// Where code hosts are asked for the numbers of repositories.
    let codeHostAPIs: [CodeHostAPI]
    /// Whether code hosts may be in private networks, and without https.
    let allowsPrivateCodeHosts: Bool
    /// Certificates that are trusted beside the system's.
    let authorities: String?
    /// Where registrations of domains are asked for; nil for nowhere.
    let registrations: String?
    /// How domains of email addresses are looked at.
    let domains: EmailDomainPolicy
    /// The REST API that is asked for the ids of GitHub's owners, without a slash at its end; nil where none is.
    let githubAPI: String?

    /// Where Debian keeps the keys of the root zone.
    private static let anchors = ["/var/lib/unbound/root.key", "/usr/share/dns/root.key"]

    /// Reads and checks the settings.
    init(_ settings: Settings) throws(Problem) {
        dns = UnboundResolver.Settings(
            upstream: try Self.upstream(settings.text("dns-resolver") ?? "system"),
            trustAnchor: try Self.anchor(settings.text("dns-trust-anchor")))
        codeHosts = try Self.entries(
            settings, "code-hosts", default: CodeHost.standard,
            example: "git.example https://git.example/{owner}/{repository}"
        ) { CodeHost($0) }
        codeHostAPIs = try Self.entries(
            settings, "code-host-apis", default: CodeHostAPI.standard,
            example: "git.example gitea https://git.example"
        ) { CodeHostAPI($0) }
        allowsPrivateCodeHosts = try settings.flag("private-code-hosts")
        authorities = try settings.authorities()
        registrations = try Self.registrations(settings.text("rdap-url") ?? RDAPClient.publicAddress)
        var domains = EmailDomainPolicy()
        domains.abandonedSeconds =
            Int64(try settings.number("abandoned-domain-days", default: 14, in: 1...3650)) * 86_400
        self.domains = domains
        githubAPI = try Self.address(settings.text("github-api") ?? "https://api.github.com")
    }

    private static func registrations(_ text: String) throws(Problem) -> String? {
        guard text != "off" else { return nil }
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
            throw Problem(.badRequest, "'rdap-url' must be the address of a server of RDAP, or off, not '\(text)'.")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func address(_ text: String) throws(Problem) -> String? {
        guard text != "none" else { return nil }
        guard text.hasPrefix("https://") || text.hasPrefix("http://127.0.0.1:") else {
            throw Problem(.badRequest, "'github-api' must be an https address or none, not '\(text)'.")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func upstream(_ text: String) throws(Problem) -> UnboundResolver.Upstream {
        switch text {
        case "system": return .system
        case "recursive": return .recursive
        default:
            // The port follows an `@`, as the colon belongs to the addresses of IPv6.
            let parts = text.split(separator: "@", omittingEmptySubsequences: false)
            let isPort = parts.count == 1 || parts.count == 2 && UInt16(parts[1]) ?? 0 > 0
            guard let address = parts.first, isAddress(String(address)), isPort else {
                throw Problem(
                    .badRequest, "'dns-resolver' must be system, recursive, or ADDRESS or ADDRESS@PORT, not '\(text)'.")
            }
            return .server(text)
        }
    }

    private static func isAddress(_ text: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, text, &four) == 1 || inet_pton(AF_INET6, text, &six) == 1
    }

    /// The configured file, or the one that Debian has; nil where signatures are not to be validated.
    private static func anchor(_ text: String?) throws(Problem) -> String? {
        guard let text else { return anchors.first { access($0, R_OK) == 0 } }
        guard text != "none" else { return nil }
        guard access(text, R_OK) == 0 else {
            throw Problem(.badRequest, "'dns-trust-anchor' names the file '\(text)', which cannot be read.")
        }
        return text
    }

    /// A list of entries; `none` for an empty one.
    private static func entries<Entry>(
        _ settings: Settings, _ key: String, default fallback: [Entry], example: String, _ read: (String) -> Entry?
    ) throws(Problem) -> [Entry] {
        let texts = settings.list(key)
        guard !texts.isEmpty else { return fallback }
        guard texts != ["none"] else { return [] }
        var entries: [Entry] = []
        for text in texts {
            guard let entry = read(text) else {
                throw Problem(.badRequest, "'\(key)' must be entries such as '\(example)', not '\(text)'.")
            }
            entries.append(entry)
        }
        return entries
    }
}
