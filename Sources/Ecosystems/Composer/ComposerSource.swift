import RegistryModel

/// The source repositories that packages name.
enum ComposerSource {
    /// What follows a repository's path in the address of something inside it.
    private static let inside: Set<Substring> = [
        "-", "archive", "blob", "commit", "commits", "raw", "releases", "src", "tree",
    ]

    /// The repository at an address, such as `https://host.example/acme/lamp/tree/1.0`; nil where there is none.
    static func pin(_ address: String) -> SourcePin? {
        guard let scheme = address.firstRange(of: "://"), ["http", "https"].contains(address[..<scheme.lowerBound])
        else {
            return nil
        }
        let place = address[scheme.upperBound...].lowercased().prefix { $0 != "?" && $0 != "#" }
        let parts = place.split(separator: "/")
        guard !place.hasPrefix("/"), let authority = parts.first?.split(separator: "@").last,
            authority.contains(where: \.isLetter)
        else { return nil }
        let host = authority.hasPrefix("www.") ? authority.dropFirst(4) : authority
        let path = parts.dropFirst()
        let end = path.dropFirst(2).firstIndex { inside.contains($0) } ?? path.endIndex
        var names = path[..<end].map(String.init)
        guard let last = names.last else { return nil }
        if last.hasSuffix(".git") { names[names.count - 1] = String(last.dropLast(4)) }
        return SourcePin(key: ([String(host)] + names).joined(separator: "/"), address: address)
    }
}
