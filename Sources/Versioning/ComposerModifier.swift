/// What may stand behind a version's numbers: a separator, a stability with its own number, and `dev`.
struct ComposerModifier {
    /// `stable`, `beta`, `RC`, `alpha` or `patch`, whatever the spelling was.
    let word: String?
    /// The digits behind the word with the separators between them.
    let digits: String
    /// Whether `dev` follows.
    let isDevelopment: Bool

    private static let words: [(spelling: String, word: String)] = [
        ("stable", "stable"), ("beta", "beta"), ("b", "beta"), ("rc", "RC"), ("alpha", "alpha"), ("a", "alpha"),
        ("patch", "patch"), ("pl", "patch"), ("p", "patch"),
    ]

    /// Finds the modifier at `start` behind whose end `isEnd` holds; it may be empty.
    ///
    /// Of several the one is taken that Composer's expression would find first. `takesCandidates` says whether `RC` is read:
    /// Composer forgets it in one place, where it looks for capitals in a text of small letters.
    static func match(
        _ text: ArraySlice<UInt8>, from start: Int, takesCandidates: Bool = true, then isEnd: (Int) -> Bool
    ) -> ComposerModifier? {
        var starts = [start]
        if start < text.endIndex, "._-".utf8.contains(text[start]) { starts.insert(start + 1, at: 0) }
        for start in starts {
            for (spelling, word) in words where takesCandidates || word != "RC" {
                guard ComposerText.hasPrefix(text[start...], spelling) else { continue }
                let begin = start + spelling.utf8.count
                let end = endOfDigits(text, from: begin)
                if let isDevelopment = development(text, from: end, then: isEnd) {
                    let digits = String(decoding: text[begin..<end], as: UTF8.self)
                    return ComposerModifier(word: word, digits: digits, isDevelopment: isDevelopment)
                }
            }
            if let isDevelopment = development(text, from: start, then: isEnd) {
                return ComposerModifier(word: nil, digits: "", isDevelopment: isDevelopment)
            }
        }
        return nil
    }

    /// The numbers with this modifier in normal form behind them.
    func appended(to numbers: String) -> String {
        guard word != "stable" else { return numbers }
        let number = digits.drop { $0 == "." || $0 == "-" }
        return numbers + (word.map { "-" + $0 + number } ?? "") + (isDevelopment ? "-dev" : "")
    }

    private static func endOfDigits(_ text: ArraySlice<UInt8>, from start: Int) -> Int {
        var position = start
        while position < text.endIndex {
            let isSeparator = text[position] == UInt8(ascii: ".") || text[position] == UInt8(ascii: "-")
            let next = position + (isSeparator ? 1 : 0)
            let count = ComposerText.digits(text, from: next)
            guard count > 0 else { break }
            position = next + count
        }
        return position
    }

    /// Whether `dev` follows, or nil where neither with it nor without it the end is right.
    private static func development(
        _ text: ArraySlice<UInt8>, from start: Int, then isEnd: (Int) -> Bool
    ) -> Bool? {
        var position = start
        if position < text.endIndex, text[position] == UInt8(ascii: ".") || text[position] == UInt8(ascii: "-") {
            position += 1
        }
        if ComposerText.hasPrefix(text[position...], "dev"), isEnd(position + 3) { return true }
        return isEnd(start) ? false : nil
    }
}
