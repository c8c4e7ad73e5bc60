import Foundation
package import RegistryModel

/// Where a code host says which number it gave to a repository: a repository that was deleted and made anew has another.
package struct CodeHostAPI: Hashable, Sendable {
    /// How the host's API is built.
    package enum Kind: String, CaseIterable, Sendable {
        /// [`GET /repos/OWNER/NAME`](https://docs.github.com/en/rest/repos/repos#get-a-repository): `id`.
        case github
        /// [`GET /api/v4/projects/PATH`](https://docs.gitlab.com/api/projects/#get-a-single-project): `id`.
        case gitlab
        /// `GET /api/v1/repos/OWNER/NAME` of Gitea and Forgejo: `id`.
        case gitea
        /// `GET /2.0/repositories/WORKSPACE/NAME` of Bitbucket Cloud: `uuid`.
        case bitbucket
    }

    /// The host in the addresses of its repositories.
    package let host: String
    package let kind: Kind
    /// The beginning of the API's addresses, without a slash at its end.
    package let base: String

    /// How much of an answer is read.
    package static let limit = 1 << 18

    /// Those that are asked unless the configuration names others.
    package static let standard: [CodeHostAPI] = [
        "github.com github https://api.github.com", "gitlab.com gitlab https://gitlab.com",
        "codeberg.org gitea https://codeberg.org", "bitbucket.org bitbucket https://api.bitbucket.org",
    ].compactMap { CodeHostAPI($0) }

    /// Reads `HOST KIND ADDRESS`.
    package init?(_ text: String) {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 3, let kind = Kind(rawValue: parts[1]),
            parts[2].hasPrefix("https://") || parts[2].hasPrefix("http://")
        else { return nil }
        host = parts[0].lowercased()
        self.kind = kind
        base = parts[2].hasSuffix("/") ? String(parts[2].dropLast()) : parts[2]
    }

    /// The address to ask for a repository at; nil for a path that the host gives to none.
    package func address(of pin: SourcePin) -> String? {
        let names = pin.key.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        let isPlain = names.allSatisfy { name in
            name != "." && name != ".." && !name.isEmpty && name.utf8.allSatisfy(Self.isPlain)
        }
        guard pin.host == host, isPlain, names.count == 2 || kind == .gitlab && names.count > 2 else { return nil }
        let path = names.joined(separator: kind == .gitlab ? "%2F" : "/")
        return switch kind {
        case .github: "\(base)/repos/\(path)"
        case .gitlab: "\(base)/api/v4/projects/\(path)"
        case .gitea: "\(base)/api/v1/repos/\(path)"
        case .bitbucket: "\(base)/2.0/repositories/\(path)"
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
    }

    /// What an answer says.
    package func read(_ page: FetchedPage) -> RepositoryIdentity {
        switch page.status {
        case 200:
            let body = try? JSONValue.parse(page.body, maximumDepth: 16)
            guard let id = Self.id(body?[kind == .bitbucket ? "uuid" : "id"]) else {
                return .unknown("the answer of '\(host)' names no repository")
            }
            return .found(id)
        case 301, 302, 307, 308:
            // GitHub sends who asks for an old name on to the repository's number.
            let body = try? JSONValue.parse(page.body, maximumDepth: 16)
            let last = body?["url"]?.stringValue?.split(separator: "/").last.map(String.init) ?? ""
            guard kind == .github, !last.isEmpty, last.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return .unknown("'\(host)' says that it has moved")
            }
            return .found(last)
        case 404, 410: return .absent
        default: return .unknown("'\(host)' answers \(page.status)")
        }
    }

    private static func id(_ value: JSONValue?) -> String? {
        if let text = value?.stringValue { return (1...64).contains(text.utf8.count) ? text : nil }
        return value?.integerValue.map { String($0) }
    }
}

/// What a code host says about an address.
package enum RepositoryIdentity: Hashable, Sendable {
    /// The repository's own number or UUID there.
    case found(String)
    /// No public repository is there.
    case absent
    /// Nobody can tell now.
    case unknown(String)
}
