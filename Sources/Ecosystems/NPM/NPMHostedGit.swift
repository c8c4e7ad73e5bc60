/// A repository at one of the hosts whose addresses npm rewrites.
///
/// npm's `hosted-git-info` turns `npm/cli`, `git@github.com:npm/cli.git` and `https://github.com/npm/cli` into one
/// another while it publishes, so the client's copy of a manifest may spell an address differently from the archive. This
/// type is the part they have in common. It ignores credentials, which are no part of a repository's identity.
struct NPMHostedGit: Hashable {
    /// `github`, `gitlab`, `bitbucket`, `gist` or `sourcehut`.
    let host: String
    /// The owner (or several path components) and the project, without `.git`.
    let path: String
    /// What follows `#`: a branch, a tag, a commit or `semver:RANGE`.
    let committish: String?

    private static let domains = [
        "github.com": "github", "gitlab.com": "gitlab", "bitbucket.org": "bitbucket", "gist.github.com": "gist",
        "git.sr.ht": "sourcehut",
    ]

    private static let schemes: Set<String> = ["git", "http", "https", "ssh", "git+ssh", "git+https", "git+http"]

    /// Reads any of the spellings, or returns nil where the text is no address at a known host.
    init?(_ text: String) {
        guard text.utf8.count <= 2048 else { return nil }
        let hash = text.firstIndex(of: "#")
        let address = hash.map { String(text[..<$0]) } ?? text
        let fragment = hash.map { String(text[text.index(after: $0)...]) } ?? ""
        guard let (host, path) = Self.hostAndPath(address) else { return nil }
        var components = path.split(separator: "/").map(String.init)
        var committish = fragment
        if host == "github", components.count > 2 {
            guard components[2] == "tree" else { return nil }
            committish = components.count > 3 ? components[3] : ""
            components = Array(components.prefix(2))
        }
        guard let project = components.last else { return nil }
        components[components.count - 1] = project.hasSuffix(".git") ? String(project.dropLast(4)) : project
        // A gist is named by its id alone; a user in front of it is decoration.
        if host == "gist" { components = components.suffix(1) }
        guard host == "gist" || components.count >= 2, host == "gitlab" || components.count <= 2 else { return nil }
        self.host = host
        self.path = components.joined(separator: "/")
        self.committish = committish.isEmpty ? nil : committish
    }

    private static func hostAndPath(_ address: String) -> (host: String, path: String)? {
        if isShorthand(address) { return ("github", address) }
        guard let colon = address.firstIndex(of: ":") else { return nil }
        let scheme = String(address[..<colon])
        let rest = String(address[address.index(after: colon)...])
        if domains.values.contains(scheme) {
            return (scheme, rest.lastIndex(of: "@").map { String(rest[rest.index(after: $0)...]) } ?? rest)
        }
        if schemes.contains(scheme), rest.hasPrefix("//") { return location(String(rest.dropFirst(2))) }
        // user@host:path, as ssh and scp write it.
        return scheme.contains("@") && !rest.hasPrefix("//") ? location(address) : nil
    }

    /// Splits `[user[:password]@]host[:/]path`.
    private static func location(_ text: String) -> (host: String, path: String)? {
        let end = text.firstIndex(of: "/") ?? text.endIndex
        let start = text[..<end].lastIndex(of: "@").map { text.index(after: $0) } ?? text.startIndex
        let rest = text[start...]
        guard let separator = rest.firstIndex(where: { $0 == "/" || $0 == ":" }) else { return nil }
        let name = rest[..<separator].lowercased()
        guard let host = domains[name.hasPrefix("www.") ? String(name.dropFirst(4)) : name] else { return nil }
        return (host, String(rest[rest.index(after: separator)...]))
    }

    /// Whether it is `user/project`, which stands for a repository on GitHub.
    private static func isShorthand(_ text: String) -> Bool {
        let slashes = text.utf8.count { $0 == UInt8(ascii: "/") }
        guard slashes == 1, !text.hasPrefix("/"), !text.hasSuffix("/"), !text.hasPrefix(".") else { return false }
        return !text.contains { $0 == ":" || $0 == "@" || $0.isWhitespace }
    }

    /// One spelling for all.
    var canonical: String { "\(host):\(path)" + (committish.map { "#\($0)" } ?? "") }

    /// Where people look at it.
    var webURL: String {
        let domain = Self.domains.first { $0.value == host }?.key ?? ""
        return "https://\(domain)/\(path)"
    }
}
