/// The address under which clients reach the registry.
///
/// It comes from configuration, never from a `Host` header.
package struct PublicURL: Hashable, Sendable, CustomStringConvertible {
    /// The address without a trailing slash, for example `http://localhost:8080`.
    package let text: String
    /// The host alone, without port; the domain of `NAME@users.noreply.HOST`.
    package let host: String
    /// Whether it is an https address.
    package let isSecure: Bool

    /// Reads an http or https address without user, query or fragment; nil for anything else.
    package init?(_ text: String) {
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        let lowered = text.lowercased()
        guard lowered.hasPrefix("http://") || lowered.hasPrefix("https://"),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            !text.contains(where: { "?#@\\\"<>".contains($0) }),
            let schemeEnd = text.firstRange(of: "://")?.upperBound
        else { return nil }
        let authority = text[schemeEnd...].prefix { $0 != "/" }
        var host = String(authority)
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = String(authority[authority.index(after: authority.startIndex)..<end])
        } else if let colon = authority.firstIndex(of: ":") {
            guard Int(authority[authority.index(after: colon)...]).map({ (1...65_535).contains($0) }) == true else {
                return nil
            }
            host = String(authority[..<colon])
        }
        guard !host.isEmpty else { return nil }
        isSecure = lowered.hasPrefix("https://")
        self.text = (isSecure ? "https://" : "http://") + text[schemeEnd...]
        self.host = host.lowercased()
    }

    /// The absolute address of a path.
    package func callAsFunction(_ path: String) -> String {
        path.hasPrefix("/") ? text + path : "\(text)/\(path)"
    }

    /// The address of everything below a path; nil where the path cannot be part of one.
    package func appending(_ path: String) -> PublicURL? { PublicURL(self(path)) }

    package var description: String { text }
}
