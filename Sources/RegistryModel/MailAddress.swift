/// Addresses that mail can be handed over for.
package enum MailAddress {
    /// Whether a text is one address in ASCII: a local part of at most 64 characters without quotes, and a domain name.
    ///
    /// Narrower than [RFC 5321, 4.1.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2): quoted local parts, address
    /// literals and letters beyond ASCII (RFC 6531) are left out, because few servers take them, and because nothing that
    /// means something to a mail server or in a header can then be in an address.
    package static func isDeliverable(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, (1...64).contains(parts[0].utf8.count),
            DomainName.isValid(String(parts[1]))
        else { return false }
        return parts[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.utf8.allSatisfy { isAtom($0) }
        }
    }

    /// What follows the `@`, in lower case; nil where the text is no address.
    package static func domain(of text: String) -> String? {
        guard isDeliverable(text) else { return nil }
        return text.split(separator: "@").last.map { $0.lowercased() }
    }

    /// The characters of an atom ([RFC 5322, 3.2.3](https://www.rfc-editor.org/rfc/rfc5322#section-3.2.3)).
    private static func isAtom(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }
}
