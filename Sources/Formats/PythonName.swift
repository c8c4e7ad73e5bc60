/// The names of Python projects and extras:
/// [name normalisation](https://packaging.python.org/en/latest/specifications/name-normalization/) (PEP 503, PEP 508).
package enum PythonName {
    /// The longest name that is read, in bytes.
    package static let maximumLength = 128

    /// Whether the text is a name: ASCII letters, digits and inner dots, hyphens and underscores.
    package static func isValid(_ text: String) -> Bool {
        guard text.utf8.count <= maximumLength, let first = text.utf8.first, let last = text.utf8.last else {
            return false
        }
        return isAlphanumeric(first) && isAlphanumeric(last) && text.utf8.allSatisfy(isNameByte)
    }

    /// The form under which two spellings are one name: lower case, with every run of dots, hyphens and underscores as one
    /// hyphen.
    package static func normalized(_ text: some StringProtocol) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            if isSeparator(byte) {
                if out.last != UInt8(ascii: "-") { out.append(UInt8(ascii: "-")) }
            } else {
                out.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    static func isNameByte(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || isSeparator(byte) }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    }
}
