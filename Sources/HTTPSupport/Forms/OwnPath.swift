/// A place on these pages to go on to, as a link or a form names it (`next`).
///
/// Only a path of this registry: whoever sends a link to the sign-in page must not choose another site to land on.
package struct OwnPath: Hashable, Sendable {
    /// The path with its query.
    package let text: String

    /// Reads one; nil for what could lead elsewhere.
    ///
    /// It begins with exactly one slash, has no second one or backslash behind it (browsers read both as the beginning of a
    /// host), no characters that need an escape, and no dot segments.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.first == UInt8(ascii: "/"), bytes.count <= 1024,
            bytes.dropFirst().first != UInt8(ascii: "/"), bytes.allSatisfy({ (0x21...0x7E).contains($0) }),
            !text.contains(where: { "\\#<>\"'`^{}|".contains($0) }), !text.lowercased().contains("%5c"),
            !text.lowercased().contains("%2f%2f")
        else { return nil }
        let path = text.prefix { $0 != "?" }
        guard !path.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }), !path.contains("//") else {
            return nil
        }
        self.text = text
    }
}
