import RegistryModel

/// A code host on which a repository proves whose account it is under.
package struct CodeHost: Hashable, Sendable {
    /// What owners call it, such as `github.com`.
    package let name: String
    /// The address of a repository's page, with `{owner}` and `{repository}`; it answers 200 for public repositories alone.
    package let template: String
    /// The domain, reversed, whose labels are accounts of the host, such as `io.github`.
    package let prefix: String?

    /// Those that are asked unless the configuration names others.
    package static let standard: [CodeHost] = [
        "github.com https://github.com/{owner}/{repository} io.github",
        "gitlab.com https://gitlab.com/{owner}/{repository} io.gitlab",
        "codeberg.org https://codeberg.org/{owner}/{repository} page.codeberg",
        "bitbucket.org https://bitbucket.org/{owner}/{repository} io.bitbucket",
    ].compactMap { CodeHost($0) }

    /// Reads `NAME TEMPLATE [PREFIX]`.
    package init?(_ text: String) {
        let parts = text.split(separator: " ").map(String.init)
        guard (2...3).contains(parts.count), DomainName.isValid(parts[0]),
            parts[1].hasPrefix("https://") || parts[1].hasPrefix("http://"),
            parts[1].contains("{owner}"), parts[1].contains("{repository}")
        else { return nil }
        name = parts[0].lowercased()
        template = parts[1]
        prefix = parts.count == 3 ? parts[2].lowercased() : nil
    }

    /// The address of a repository's page.
    package func address(owner: String, repository: String) -> String {
        template.replacing("{owner}", with: owner).replacing("{repository}", with: repository)
    }
}
