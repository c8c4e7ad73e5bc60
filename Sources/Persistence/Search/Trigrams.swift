/// Likeness of short texts, for typing errors.
enum Trigrams {
    /// The runs of three characters in a folded text, without repetition.
    static func of(_ text: String) -> [String] {
        let scalars = Array(text.unicodeScalars.prefix(64))
        guard scalars.count >= 3 else { return [] }
        var seen: Set<String> = []
        for start in 0...(scalars.count - 3) {
            var run = String.UnicodeScalarView()
            run.append(contentsOf: scalars[start..<start + 3])
            seen.insert(String(run))
        }
        return seen.sorted()
    }

    /// How long a text is, and how far from it a typing error leads: 1 for short texts, 2 from six characters on, 3 from
    /// twelve on.
    static func measure(_ text: String) -> (length: Int, reach: Int) {
        let length = text.unicodeScalars.prefix(64).count
        return (length, length >= 12 ? 3 : length >= 6 ? 2 : 1)
    }

    /// The candidates within the distance that a typing error makes, closest first.
    static func closest(_ candidates: [(id: Int64, name: String)], to text: String) -> [Int64] {
        let wanted = Array(text.unicodeScalars.prefix(64))
        let (_, reach) = measure(text)
        return candidates.map {
            ($0.id, $0.name, distance(Array($0.name.lowercased().unicodeScalars.prefix(128)), wanted))
        }
        .filter { $0.2 <= reach }
        .sorted { ($0.2, $0.1) < ($1.2, $1.1) }
        .map(\.0)
    }

    /// The optimal string alignment distance: insertions, deletions, replacements, swaps of neighbours.
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, scalar) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (scalar == other ? 0 : 1))
                if row > 0, column > 0, scalar == right[column - 1], left[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}

extension Array {
    /// The elements in runs of at most `size`.
    package func chunked(_ size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
