package import RegistryModel

/// What proves that a namespace is somebody's: which domains, and which accounts on code hosts.
///
/// A Maven groupId is a domain, so that domain proves it, or one that it lies in, down to two labels: `com.example.lib`
/// is proven at `lib.example.com` or `example.com`. Where the groupId begins with a code host's prefix, the account that
/// follows proves it too: `io.github.acme` by a repository of `acme`.
///
/// A scope, a vendor and a reserved prefix are words, and nothing in the world says whose a word is. What is asked for is
/// that the word is the whole of a name that its owner holds: the label of a registered domain (`acme.org`, `acme.co.uk`)
/// or an account on a code host. Whoever proves it first has it.
package struct NamespaceProof: Hashable, Sendable {
    private let kind: NamespaceKind
    private let key: String

    /// The proofs of the namespace with that key.
    package init(_ kind: NamespaceKind, key: String) {
        self.kind = kind
        self.key = key
    }

    /// How deep a groupId is looked into.
    private static let depth = 8
    /// Second levels under which registries of countries sell names, as in `co.uk`.
    private static let seconds: Set<String> = [
        "ac", "asso", "co", "com", "edu", "gob", "gov", "gv", "ind", "info", "ltd", "me", "ne", "net", "nom", "or",
        "org",
        "plc", "web",
    ]

    /// The word of a scope or prefix, in the spelling that domains and accounts have.
    private var word: String {
        let word = key.hasPrefix("@") ? String(key.dropFirst()) : key
        return (kind == .prefix ? word.replacing("_", with: "-") : word).lowercased()
    }

    /// Whether it may be claimed at all: a groupId of one label is a top-level domain and nobody's.
    package var isClaimable: Bool { kind != .domain || key.contains(".") }

    /// The domains at which a record proves it, the nearest first; empty where its owner has to name one.
    package var domains: [String] {
        guard kind == .domain else { return [] }
        let labels = key.lowercased().split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard labels.count >= 2, labels.allSatisfy(DomainName.isLabel) else { return [] }
        return (2...min(labels.count, Self.depth)).reversed().map {
            labels.prefix($0).reversed().joined(separator: ".")
        }.filter(DomainName.isValid)
    }

    /// Whether a record at that domain proves it.
    package func isProven(at domain: String) -> Bool {
        let domain = domain.lowercased()
        guard kind != .domain else { return domains.contains(domain) }
        guard DomainName.isValid(domain) else { return false }
        let labels = domain.split(separator: ".").map(String.init)
        guard labels.first == word else { return false }
        switch labels.count {
        case 2: return true
        case 3: return labels[2].utf8.count == 2 && Self.seconds.contains(labels[1])
        default: return false
        }
    }

    /// The account on a code host under which a repository proves it; nil where none does.
    package func account(on host: CodeHost) -> String? {
        guard kind == .domain else { return Self.isAccount(word) ? word : nil }
        guard let prefix = host.prefix, key.lowercased().hasPrefix(prefix + ".") else { return nil }
        let account = key.dropFirst(prefix.count + 1).prefix { $0 != "." }
        return Self.isAccount(account) ? String(account) : nil
    }

    /// Whether a text can stand as one segment of an address without changing its meaning.
    private static func isAccount(_ text: some StringProtocol) -> Bool {
        guard (1...100).contains(text.utf8.count), text.first != ".", text.first != "-" else { return false }
        return text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || [0x2D, 0x2E, 0x5F].contains(byte)
        }
    }
}
