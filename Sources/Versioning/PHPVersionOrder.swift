/// The order of PHP's [`version_compare`](https://www.php.net/manual/en/function.version-compare.php).
///
/// Both texts are split at separators and between digits and letters. Numbers are compared by value (those beyond 64 bits
/// as the largest), words by a short list in which everything unknown comes first and `#` stands for any number.
enum PHPVersionOrder {
    /// The words it knows by how they begin; the first that fits counts.
    private static let words: [(prefix: String, rank: Int)] = [
        ("dev", 0), ("alpha", 1), ("a", 1), ("beta", 2), ("b", 2), ("RC", 3), ("rc", 3), ("#", 4), ("pl", 5), ("p", 5),
    ]
    private static let anyNumber = "#N#"

    /// Negative, zero or positive as `left` comes before, beside or after `right`.
    static func compare(_ left: String, _ right: String) -> Int {
        if left.isEmpty || right.isEmpty { return (left.isEmpty ? 0 : 1) - (right.isEmpty ? 0 : 1) }
        return compare(parts(left)[...], parts(right)[...])
    }

    private static func compare(_ left: ArraySlice<String>, _ right: ArraySlice<String>) -> Int {
        var (left, right) = (left, right)
        while let one = left.first, let other = right.first, !one.isEmpty, !other.isEmpty {
            let order = compare(part: one, other)
            if order != 0 { return order }
            (left, right) = (left.dropFirst(), right.dropFirst())
        }
        // One goes on: a number makes it later, a word is held against any number.
        if let next = left.first { return remainder(next) }
        return right.first.map { -remainder($0) } ?? 0
    }

    private static func remainder(_ part: String) -> Int {
        if isNumber(part) { return 1 }
        return part.isEmpty ? -1 : (rank(part) - rank(anyNumber)).signum()
    }

    private static func compare(part one: String, _ other: String) -> Int {
        switch (isNumber(one), isNumber(other)) {
        case (true, true):
            let values = [one, other].map { Int64($0) ?? .max }
            return values[0] == values[1] ? 0 : (values[0] < values[1] ? -1 : 1)
        case (false, false): return (rank(one) - rank(other)).signum()
        case (true, false): return (rank(anyNumber) - rank(other)).signum()
        case (false, true): return (rank(one) - rank(anyNumber)).signum()
        }
    }

    private static func isNumber(_ part: String) -> Bool { part.utf8.first.map(ComposerText.isDigit) ?? false }

    private static func rank(_ part: String) -> Int {
        words.first { part.utf8.starts(with: $0.prefix.utf8) }?.rank ?? -1
    }

    /// The parts between separators; only the last can be empty, and the first where the text begins with a separator.
    private static func parts(_ text: String) -> [String] {
        guard !text.hasPrefix("#") else {
            return text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        }
        let dot = UInt8(ascii: ".")
        var out: [UInt8] = []
        var previous: UInt8 = 0
        for byte in text.utf8 {
            defer { previous = byte }
            guard !out.isEmpty else {
                out.append(byte)
                continue
            }
            let isDigit = ComposerText.isDigit(byte)
            let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            let wasDigit = ComposerText.isDigit(previous)
            let changes =
                (isDigit && !wasDigit && previous != dot && !"-_+".utf8.contains(previous))
                || (wasDigit && !isDigit && byte != dot && !"-_+".utf8.contains(byte))
            let isWord = isDigit || isLetter
            if (changes || !isWord) && out.last != dot { out.append(dot) }
            if changes || isWord { out.append(byte) }
        }
        return out.split(separator: dot, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }
}
