/// A header value that is a list of names with weights (`gzip;q=0.8, br, *;q=0`),
/// [RFC 9110 §12.4](https://www.rfc-editor.org/rfc/rfc9110#section-12.4).
struct WeightedList {
    /// One member.
    struct Item {
        /// Lower-case, without surrounding space.
        let name: String
        /// Lower-case parameters other than the weight, in the form `name=value`.
        let parameters: [String]
        /// 0 to 1000.
        let weight: Int
    }

    let items: [Item]

    /// Reads at most `maximumItems` members of at most `maximumBytes` bytes; what lies beyond is ignored.
    init(_ value: String, maximumItems: Int = 32, maximumBytes: Int = 1024) {
        var items: [Item] = []
        let text = value.utf8.count <= maximumBytes ? value[...] : value.prefix(maximumBytes)
        for member in text.split(separator: ",").prefix(maximumItems) {
            let parts = member.split(separator: ";").prefix(8).map { Self.trimmed($0).lowercased() }
            guard let name = parts.first, !name.isEmpty else { continue }
            var weight = 1000
            var parameters: [String] = []
            for part in parts.dropFirst() {
                if part.hasPrefix("q=") {
                    weight = Self.weight(part.dropFirst(2))
                } else {
                    parameters.append(part)
                }
            }
            items.append(Item(name: name, parameters: parameters, weight: weight))
        }
        self.items = items
    }

    /// A weight in thousandths; 0 for what is none, so that nonsense chooses nothing.
    private static func weight(_ text: Substring) -> Int {
        guard let value = Double(text), value >= 0, value <= 1 else { return 0 }
        return Int((value * 1000).rounded())
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
