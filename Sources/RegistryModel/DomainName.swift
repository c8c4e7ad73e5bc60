/// Names of the domain name system, as far as owners of namespaces have them: letters, digits, hyphens and underscores.
package enum DomainName {
    /// Whether a text is one, without a dot at its end; letter case does not count.
    package static func isValid(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel($0) }
    }

    /// Whether a text is one label of such a name.
    package static func isLabel(_ text: some StringProtocol) -> Bool {
        guard (1...63).contains(text.utf8.count), text.first != "-", text.last != "-" else { return false }
        return text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2D || byte == 0x5F
        }
    }
}
