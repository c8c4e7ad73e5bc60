/// Reads the grammar of PEP 440, appendix B, over bytes: every alternative is decided by looking ahead, so that no text
/// makes it go back.
struct PEP440Parser {
    private var rest: ArraySlice<UInt8>

    init(_ text: String) {
        rest = ArraySlice(text.utf8)
        while let first = rest.first, Self.isSpace(first) { rest.removeFirst() }
        while let last = rest.last, Self.isSpace(last) { rest.removeLast() }
        rest = ArraySlice(rest.map(Self.lowercased))
    }

    /// The version, or nil where the text is none.
    mutating func version() -> PEP440Version? {
        _ = take(UInt8(ascii: "v"))
        guard var first = number() else { return nil }
        var epoch = PEP440Number.zero
        if take(UInt8(ascii: "!")) {
            epoch = first
            guard let next = number() else { return nil }
            first = next
        }
        var release = [first]
        while let segment = numberAfterDot() { release.append(segment) }
        let pre = pre()
        let post = post()
        let dev = part(["dev"]).map(\.number)
        guard let local = local(), rest.isEmpty else { return nil }
        return PEP440Version(epoch: epoch, release: release, pre: pre, post: post, dev: dev, local: local)
    }

    private mutating func pre() -> PEP440Version.Pre? {
        guard let part = part(["alpha", "a", "beta", "b", "preview", "pre", "c", "rc"]) else { return nil }
        let phase: PEP440Version.Phase =
            switch part.word {
            case "alpha", "a": .alpha
            case "beta", "b": .beta
            default: .candidate
            }
        return PEP440Version.Pre(phase: phase, number: part.number)
    }

    private mutating func post() -> PEP440Number? {
        if rest.first == UInt8(ascii: "-"), let next = rest.dropFirst().first, Self.isDigit(next) {
            rest.removeFirst()
            return number()
        }
        return part(["post", "rev", "r"])?.number
    }

    /// `[sep] word [sep] [digits]`, where a word must be listed before those that it starts with.
    private mutating func part(_ words: [String]) -> (word: String, number: PEP440Number)? {
        let separated = rest.first.map(Self.isSeparator) == true ? rest.dropFirst() : rest
        guard let word = words.first(where: { separated.starts(with: $0.utf8) }) else { return nil }
        rest = separated.dropFirst(word.utf8.count)
        if rest.first.map(Self.isSeparator) == true { rest.removeFirst() }
        return (word, number() ?? .zero)
    }

    /// The local segments after a plus sign: none where there is no plus sign, nil where they are malformed.
    private mutating func local() -> [PEP440Version.LocalSegment]? {
        guard take(UInt8(ascii: "+")) else { return [] }
        var segments: [PEP440Version.LocalSegment] = []
        repeat {
            let segment = rest.prefix { Self.isDigit($0) || Self.isLetter($0) }
            guard !segment.isEmpty else { return nil }
            rest.removeFirst(segment.count)
            segments.append(
                segment.allSatisfy(Self.isDigit)
                    ? .number(PEP440Number(segment)) : .text(String(decoding: segment, as: UTF8.self)))
        } while takeSeparator()
        return segments
    }

    private mutating func number() -> PEP440Number? {
        let digits = rest.prefix(while: Self.isDigit)
        guard !digits.isEmpty else { return nil }
        rest.removeFirst(digits.count)
        return PEP440Number(digits)
    }

    private mutating func numberAfterDot() -> PEP440Number? {
        guard rest.first == UInt8(ascii: "."), let next = rest.dropFirst().first, Self.isDigit(next) else { return nil }
        rest.removeFirst()
        return number()
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func takeSeparator() -> Bool {
        guard let first = rest.first, Self.isSeparator(first) else { return false }
        rest.removeFirst()
        return true
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
