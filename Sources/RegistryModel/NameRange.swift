/// The keys of all names that lie in one namespace: a range in the order of their UTF-8 bytes.
package struct NameRange: Hashable, Sendable {
    /// The first that could lie in it.
    package let lower: String
    /// The first that could not.
    package let upper: String

    /// The names that have `key` and then the same character as `name` has there; nil where `name` does not go on after
    /// `key`, or that character is none of ASCII.
    package init?(inside key: String, of name: String) {
        guard name.hasPrefix(key), let separator = name.utf8.dropFirst(key.utf8.count).first else { return nil }
        self.init(inside: key, separator: separator)
    }

    /// The names that have `key` and then the separator.
    package init?(inside key: String, separator: UInt8) {
        guard separator < 0x7F else { return nil }
        lower = key + String(UnicodeScalar(separator))
        upper = key + String(UnicodeScalar(separator + 1))
    }
}
