/// Makes new inputs from old ones: by bytes, by numbers, by words of the language, and by its brackets, lines and strings.
struct Mutator {
    private static let numbers = [
        "0", "1", "-1", "00", "127", "255", "256", "65535", "65536", "2147483647", "2147483648", "4294967295",
        "4294967296", "9007199254740991", "9007199254740992", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "18446744073709551615", "18446744073709551616", "1e308", "1e309", "1e-400", "0.1",
        "NaN",
        "99999999999999999999999999999999999999",
    ].map { Array($0.utf8) }
    /// Texts that readers tend to take differently.
    private static let oddities = [
        "\u{0}", "\r\n", "\r", "\n", "\t", "\u{7F}", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{301}", "\u{200D}",
        "\u{202E}",
        "\u{FFFD}", "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", "é", "e\u{301}", "İ", "ß", "K", "%00", "%2e%2e%2f",
        "%25", "../",
        "..\\", "//", "\\", "\"", "'", "<", ">", "&", "`", "${", "\u{1}", "\\u0000", "\\ud800", "\\u00e9", ";", ",",
        ":", "=", "*",
    ].map { Array($0.utf8) }

    let words: [[UInt8]]
    let maximumBytes: Int
    var random: SeededRandom

    /// A child of one of `pool`, rarely a fresh one.
    mutating func child(of pool: [[UInt8]]) -> [UInt8] {
        guard var input = pool.randomElement(using: &random) else { return noise() }
        if random.oneIn(200) { return noise() }
        if random.oneIn(60) { return Array(repeated(input).prefix(maximumBytes)) }
        for _ in 0...random.small(upTo: 6) {
            mutate(&input, pool)
        }
        return Array(input.prefix(maximumBytes))
    }

    private mutating func noise() -> [UInt8] {
        (0..<random.small(upTo: min(maximumBytes, 512))).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// A short piece of the input or of the language over and over: what costs more than linear time shows up there.
    private mutating func repeated(_ input: [UInt8]) -> [UInt8] {
        let from = random.small(upTo: input.count)
        let piece =
            random.oneIn(2) || input.isEmpty
            ? word() : Array(input[from..<min(input.count, from + 1 + random.small(upTo: 24))])
        guard !piece.isEmpty else { return input }
        let room = max(0, maximumBytes - input.count)
        let count = random.oneIn(2) ? room / piece.count : random.small(upTo: room / piece.count)
        let middle = Array(repeatElement(piece, count: count).joined())
        let place = Int.random(in: 0...input.count, using: &random)
        return input[..<place] + middle + input[place...]
    }

    private mutating func mutate(_ input: inout [UInt8], _ pool: [[UInt8]]) {
        switch Int.random(in: 0..<14, using: &random) {
        case 0: change(&input) { $0 ^ (1 << UInt8.random(in: 0...7, using: &$1)) }
        case 1: change(&input) { UInt8.random(in: 0...255, using: &$1) &+ $0 }
        case 2: change(&input) { UInt8.random(in: 0...8, using: &$1) &- 4 &+ $0 }
        case 3: remove(&input, span(input))
        case 4: insert(&input, Array(input[span(input)]))
        case 5: insert(&input, word())
        case 6: replace(&input, span(input), word())
        case 7: splice(&input, pool)
        case 8: replace(&input, run(input) { (0x30...0x39).contains($0) }, Self.numbers.randomElement(using: &random))
        case 9: replace(&input, run(input) { $0 > 0x20 && $0 < 0x7F && !"[]{}(),;:\"'".utf8.contains($0) }, word())
        case 10: remove(&input, balanced(input))
        case 11: nest(&input)
        case 12: lines(&input)
        default: input = Array(input.prefix(random.small(upTo: input.count)))
        }
    }

    /// A word of the language, a number, or an oddity.
    private mutating func word() -> [UInt8] {
        let source = random.oneIn(3) ? Self.oddities : random.oneIn(3) ? Self.numbers : words
        return source.randomElement(using: &random) ?? Self.oddities.randomElement(using: &random) ?? []
    }

    private mutating func change(_ input: inout [UInt8], by rule: (UInt8, inout SeededRandom) -> UInt8) {
        guard let index = input.indices.randomElement(using: &random) else { return }
        input[index] = rule(input[index], &random)
    }

    private mutating func span(_ input: [UInt8]) -> Range<Int> {
        guard !input.isEmpty else { return 0..<0 }
        let start = Int.random(in: 0..<input.count, using: &random)
        return start..<min(input.count, start + 1 + random.small(upTo: input.count - start))
    }

    private mutating func insert(_ input: inout [UInt8], _ piece: [UInt8]) {
        input.insert(contentsOf: piece.prefix(maximumBytes), at: Int.random(in: 0...input.count, using: &random))
    }

    private func remove(_ input: inout [UInt8], _ range: Range<Int>) {
        input.removeSubrange(range)
    }

    private func replace(_ input: inout [UInt8], _ range: Range<Int>, _ piece: [UInt8]?) {
        input.replaceSubrange(range, with: piece ?? [])
    }

    /// The head of this input and the tail of another one, or a piece of the other one in the middle of this one.
    private mutating func splice(_ input: inout [UInt8], _ pool: [[UInt8]]) {
        guard let other = pool.randomElement(using: &random), !other.isEmpty else { return }
        let piece = Array(other[span(other)])
        if random.oneIn(2) {
            insert(&input, piece)
        } else {
            input = input.prefix(Int.random(in: 0...input.count, using: &random)) + piece
        }
    }

    /// The longest run of such bytes around a random place.
    private mutating func run(_ input: [UInt8], _ belongs: (UInt8) -> Bool) -> Range<Int> {
        guard let start = input.indices.randomElement(using: &random),
            let first = input[start...].firstIndex(where: belongs)
        else { return 0..<0 }
        return first..<(input[first...].firstIndex { !belongs($0) } ?? input.count)
    }

    /// From an opening bracket or quote to what closes it.
    private mutating func balanced(_ input: [UInt8]) -> Range<Int> {
        let pairs: [UInt8: UInt8] = [0x7B: 0x7D, 0x5B: 0x5D, 0x28: 0x29, 0x22: 0x22, 0x27: 0x27, 0x3C: 0x3E]
        guard let start = input.indices.randomElement(using: &random),
            let open = input[start...].firstIndex(where: { pairs[$0] != nil }), let closer = pairs[input[open]]
        else { return 0..<0 }
        var depth = 0
        for index in input[open...].indices {
            if index > open, input[index] == closer {
                depth -= 1
                if depth <= 0 { return open..<index + 1 }
            } else if input[index] == input[open] {
                depth += 1
            }
        }
        return open..<input.count
    }

    /// Wraps a balanced piece, up to thousands of times.
    private mutating func nest(_ input: inout [UInt8]) {
        let range = balanced(input)
        guard !range.isEmpty, let last = input[range].last else { return }
        let first = input[range.lowerBound]
        let count = random.small(upTo: random.oneIn(4) ? 4000 : 40)
        let body = Array(input[range])
        input.replaceSubrange(
            range, with: Array(repeating: first, count: count) + body + Array(repeating: last, count: count))
    }

    /// Repeats, swaps or joins lines.
    private mutating func lines(_ input: inout [UInt8]) {
        var lines = input.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        guard let index = lines.indices.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: lines.insert(lines[index], at: index)
        case 1: lines.swapAt(index, Int.random(in: lines.indices, using: &random))
        case 2: lines[index] = (random.oneIn(2) ? [0x20] : [0x09]) + lines[index]
        default: lines[index].append(0x0D)
        }
        input = Array(lines.joined(separator: [0x0A]))
    }
}
