/// The small pieces of Composer's grammar, over the bytes of a text.
///
/// Composer describes its versions by regular expressions; these functions, ``ComposerNumbers`` and ``ComposerModifier``
/// read the same texts in time that is linear in their length.
enum ComposerText {
    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    static func isNumber(_ text: ArraySlice<UInt8>) -> Bool { !text.isEmpty && text.allSatisfy(isDigit) }

    /// `x`, `X` or `*`.
    static func isWildcard(_ text: ArraySlice<UInt8>) -> Bool {
        text.count == 1 && text.allSatisfy { "xX*".utf8.contains($0) }
    }

    /// How many digits stand at `start`.
    static func digits(_ text: ArraySlice<UInt8>, from start: Int) -> Int {
        text[start...].prefix(while: isDigit).count
    }

    /// Whether it begins with those letters, in any case; `letters` are in lower case.
    static func hasPrefix(_ text: ArraySlice<UInt8>, _ letters: String) -> Bool {
        text.prefix(letters.utf8.count).map(lowercased).elementsEqual(letters.utf8)
    }

    /// Whether it ends with those letters, in any case; `letters` are in lower case.
    static func hasSuffix(_ text: ArraySlice<UInt8>, _ letters: String) -> Bool {
        text.suffix(letters.utf8.count).map(lowercased).elementsEqual(letters.utf8)
    }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = text.drop { $0 == UInt8(ascii: " ") }
        while rest.last == UInt8(ascii: " ") { rest.removeLast() }
        return rest
    }

    /// The part before ` as `, where one word stands on either side.
    static func withoutAlias(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let words = text.split(separator: UInt8(ascii: " "))
        guard words.count == 3, words[1].elementsEqual("as".utf8), !text.contains(UInt8(ascii: ",")),
            text.first != UInt8(ascii: " "), text.last != UInt8(ascii: " ")
        else { return text }
        return words[0]
    }

    /// Where `@dev` and the like begins at the end of a text, and the word behind the `@`.
    static func stabilityFlag(_ text: ArraySlice<UInt8>) -> (start: Int, word: ArraySlice<UInt8>)? {
        guard let at = text.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        let word = text[(at + 1)...]
        let known = ["stable", "rc", "beta", "alpha", "dev"].contains { $0.utf8.elementsEqual(word.map(lowercased)) }
        return known ? (at, word) : nil
    }
}

/// One to four numbers with dots between them, and a `v` before them.
struct ComposerNumbers {
    /// The digits as they stand.
    let parts: [String]
    /// Where they end.
    let end: Int

    /// Reads as many as there are at `start`, or returns nil where there is none.
    init?(_ text: ArraySlice<UInt8>, from start: Int) {
        var position = start
        if position < text.endIndex, text[position] | 0x20 == UInt8(ascii: "v") { position += 1 }
        var parts: [String] = []
        while parts.count < 4 {
            var next = position
            if !parts.isEmpty {
                guard next < text.endIndex, text[next] == UInt8(ascii: ".") else { break }
                next += 1
            }
            let count = ComposerText.digits(text, from: next)
            guard count > 0 else { break }
            parts.append(String(decoding: text[next..<next + count], as: UTF8.self))
            position = next + count
        }
        guard !parts.isEmpty else { return nil }
        self.parts = parts
        end = position
    }
}
