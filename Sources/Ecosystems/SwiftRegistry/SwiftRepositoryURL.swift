import Foundation
import HTTPSupport

/// The address of a source repository, in the form under which SwiftPM takes two of them for one.
///
/// `https://github.com/mona/LinkedList.git`, `git@github.com:mona/linkedlist` and
/// `ssh://git@github.com:22/mona/LinkedList/` are one repository: scheme, user, port, query, fragment, `.git`, percent-encoding
/// and case make no difference, as in SwiftPM's `CanonicalPackageLocation`. Narrower than there: it must name a host and at
/// least one path component, so paths and `file` addresses are none.
package struct SwiftRepositoryURL: Hashable, Sendable {
    /// How many bytes an address may have.
    package static let maximumLength = 2048

    /// `host/path`, in lower case.
    package let canonical: String
    /// The path's components as they were written, without `.git` at the end.
    package let components: [String]

    private static let schemes: Set<String> = ["https", "http", "ssh", "git", "git+ssh", "git+https"]

    /// Reads an address, or returns nil where it is none.
    package init?(_ text: String) {
        let isPlain = text.unicodeScalars.allSatisfy { $0.value > 0x20 && !(0x7F...0x9F).contains($0.value) }
        guard isPlain, text.utf8.count <= Self.maximumLength else { return nil }
        var rest = text[...]
        var scheme: String?
        if let end = rest.firstRange(of: "://") {
            scheme = rest[..<end.lowerBound].lowercased()
            rest = rest[end.upperBound...]
        }
        guard scheme.map(Self.schemes.contains) ?? true else { return nil }
        if let end = rest.firstIndex(where: { $0 == "?" || $0 == "#" }) { rest = rest[..<end] }
        guard let (host, path) = Self.split(rest, scheme: scheme) else { return nil }
        var components: [String] = []
        for part in path.split(separator: "/") {
            guard let decoded = Self.decoded(part) else { return nil }
            components.append(decoded)
        }
        guard let last = components.popLast() else { return nil }
        let name = last.lowercased().hasSuffix(".git") ? String(last.dropLast(4)) : last
        guard !name.isEmpty else { return nil }
        components.append(name)
        self.components = components
        canonical = ([host] + components).joined(separator: "/").precomposedStringWithCanonicalMapping.lowercased()
    }

    /// A legal identity for a package that has none yet: the owner as scope, the repository's name as name.
    ///
    /// What an identity cannot contain becomes a hyphen, so `groue/GRDB.swift` is `groue.GRDB-swift`. Nil where that leaves
    /// nothing legal. It says nothing about whose repository it is.
    package var suggestedID: SwiftPackageID? {
        guard components.count > 1 else { return nil }
        return SwiftPackageID(
            scope: Self.legal(components[components.count - 2], separators: "-", SwiftPackageID.maximumScopeLength),
            name: Self.legal(components[components.count - 1], separators: "-_", SwiftPackageID.maximumNameLength))
    }

    /// Splits what follows the scheme into the host, without user and port, and the path.
    private static func split(_ text: Substring, scheme: String?) -> (host: String, path: Substring)? {
        let slash = text.firstIndex(of: "/") ?? text.endIndex
        let user = text[..<slash].lastIndex(of: "@")
        let location = user.map { text[text.index(after: $0)...] } ?? text
        let authority = location[..<slash]
        var path = text[slash...]
        var host = authority
        if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            let port = authority[authority.index(after: colon)...]
            let isPort = !port.isEmpty && port.utf8.allSatisfy { (0x30...0x39).contains($0) }
            if !isPort {
                // `host:path`, as ssh and scp write it; SwiftPM knows it with the scheme ssh, too.
                guard scheme == nil || scheme == "ssh" else { return nil }
                path = location[authority.index(after: colon)...]
            } else if scheme == nil {
                return nil
            }
        } else if scheme == nil, user == nil, !host.contains(".") {
            return nil
        }
        let isHost = host.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-._".utf8.contains(byte)
        }
        guard isHost, let first = host.first, first != ".", first != "-" else { return nil }
        return (host.lowercased(), path)
    }

    /// A path component without percent-encoding; nil where it would be another path then.
    private static func decoded(_ part: Substring) -> String? {
        guard let text = PathSegment.decode(part) else { return nil }
        return text.unicodeScalars.allSatisfy { $0 != "\\" && !(0x80...0x9F).contains($0.value) } ? text : nil
    }

    private static func legal(_ text: String, separators: String, _ maximum: Int) -> String {
        var out = ""
        for character in text {
            let isLegal = character.isASCII && (character.isLetter || character.isNumber)
            if isLegal {
                out.append(character)
            } else if let last = out.last, !separators.contains(last) {
                out.append(separators.contains(character) ? character : "-")
            }
        }
        out = String(out.prefix(maximum))
        while let last = out.last, separators.contains(last) { out.removeLast() }
        return out
    }
}
