package import RegistryModel

/// The rules for user names: 1 to 39 ASCII letters, digits, `-` and `_`, beginning and ending with a letter or digit.
package enum UserName {
    private static let reserved: Set<String> = [
        "admin", "administrator", "anonymous", "api", "hallmark", "moderator", "operator", "root", "security", "staff",
        "support", "system", "__token__",
    ]

    /// The form under which two spellings are the same name.
    package static func key(_ name: String) -> String {
        name.lowercased()
    }

    /// Checks a new name.
    ///
    /// Throws ``Problem/Code/nameInvalid``.
    package static func check(_ name: String) throws(Problem) {
        let bytes = Array(name.utf8)
        let isPlain = bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        guard (1...39).contains(bytes.count), isPlain, let first = bytes.first, let last = bytes.last,
            isAlphanumeric(first), isAlphanumeric(last)
        else {
            throw Problem(
                .nameInvalid,
                "A user name has 1 to 39 letters, digits, '-' and '_', and begins and ends with a letter or digit.")
        }
        guard !reserved.contains(key(name)) else { throw Problem(.nameInvalid, "The name '\(name)' is reserved.") }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}

/// A first look at email addresses; only a confirmation by mail proves one.
package enum EmailAddress {
    /// Whether a text can be an address: one `@`, something before it, a domain after it, no spaces or controls.
    package static func isPlausible(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, text.utf8.count <= 254 else { return false }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { !$0.isEmpty } && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
}
