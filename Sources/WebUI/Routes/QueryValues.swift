import RegistryModel

/// The values of a query as forms write them, bounded.
///
/// `application/x-www-form-urlencoded` as the
/// [URL standard](https://url.spec.whatwg.org/#urlencoded-parsing) parses it: `+` is a space. Of a name that occurs twice the
/// first value counts. Control characters are taken for spaces; what is no UTF-8 becomes U+FFFD.
package struct QueryValues: Sendable {
    /// How many bytes of a query are read.
    private static let maximumBytes = 4096
    /// How many characters of a value are kept.
    private static let maximumCharacters = 200

    private let values: [String: String]

    /// Reads the part of an address after the question mark.
    package init(_ query: String?) {
        var values: [String: String] = [:]
        for pair in (query ?? "").utf8.prefix(Self.maximumBytes).split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decode(parts[0])
            if values[name] == nil { values[name] = parts.count > 1 ? Self.decode(parts[1]) : "" }
        }
        self.values = values
    }

    /// A value without spaces around it; empty where there is none.
    package subscript(_ name: String) -> String {
        let text = (values[name] ?? "").drop { $0.isWhitespace }.prefix(Self.maximumCharacters)
        return String(text.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// A value that is a whole number in a range; the range's lower bound where it is none.
    package func number(_ name: String, in range: ClosedRange<Int>) -> Int {
        Int(self[name]).map { min(max($0, range.lowerBound), range.upperBound) } ?? range.lowerBound
    }

    private static func decode(_ text: some Collection<UInt8>) -> String {
        var out: [UInt8] = []
        var rest = Array(text)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): out.append(0x20)
            case UInt8(ascii: "%"):
                guard let decoded = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self))?.first else {
                    out.append(byte)
                    continue
                }
                rest = rest.dropFirst(2)
                out.append(decoded < 0x20 || decoded == 0x7F ? 0x20 : decoded)
            default: out.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
