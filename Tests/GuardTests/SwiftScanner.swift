/// Blanks comments and literals in Swift source, character by character.
struct SwiftScanner {
    /// The source with every blanked character replaced by a space; line breaks stay.
    private(set) var code = ""
    /// The string literals met on the way.
    private(set) var literals: [SwiftSource.Literal] = []

    private let characters: [Character]
    private var position = 0
    private var line = 1

    /// Prepares the scan of `text`.
    init(text: String) {
        characters = Array(text)
        code.reserveCapacity(characters.count)
    }

    /// Scans to the end.
    mutating func scan() {
        scanCode(until: nil)
    }

    private func peek(_ offset: Int = 0) -> Character? {
        position + offset < characters.count ? characters[position + offset] : nil
    }

    private func starts(with text: String) -> Bool {
        var offset = 0
        for character in text {
            guard peek(offset) == character else { return false }
            offset += 1
        }
        return true
    }

    /// Takes one character over as it is, or blanks it.
    private mutating func advance(blank: Bool) {
        let character = characters[position]
        if character.isNewline { line += 1 }
        code.append(blank && !character.isNewline ? " " : character)
        position += 1
    }

    private mutating func advance(_ count: Int, blank: Bool) {
        for _ in 0..<count where position < characters.count { advance(blank: blank) }
    }

    /// Scans code to the end, or to the parenthesis that closes an interpolation.
    private mutating func scanCode(until end: Character?) {
        var depth = 0
        while let character = peek() {
            if starts(with: "//") {
                while let next = peek(), !next.isNewline { advance(blank: true) }
            } else if starts(with: "/*") {
                scanComment()
            } else if character == "\"" || (character == "#" && beginsRawString()) {
                scanString()
            } else if character == "/", beginsRegex() {
                scanRegex()
            } else {
                if character == "(" { depth += 1 }
                if character == ")" {
                    if depth == 0, end != nil { return }
                    depth -= 1
                }
                advance(blank: false)
            }
        }
    }

    private mutating func scanComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                advance(2, blank: true)
            } else if starts(with: "*/") {
                depth -= 1
                advance(2, blank: true)
            } else if peek() != nil {
                advance(blank: true)
            }
        } while depth > 0 && peek() != nil
    }

    private func beginsRawString() -> Bool {
        var offset = 0
        while peek(offset) == "#" { offset += 1 }
        return peek(offset) == "\""
    }

    private mutating func scanString() {
        var hashes = ""
        while peek() == "#" {
            hashes.append("#")
            advance(blank: false)
        }
        let quotes = starts(with: "\"\"\"") ? "\"\"\"" : "\""
        let begin = line
        var text = ""
        advance(quotes.count, blank: false)
        while let character = peek() {
            if starts(with: quotes + hashes) {
                advance(quotes.count + hashes.count, blank: false)
                break
            }
            if starts(with: "\\" + hashes + "(") {
                advance(2 + hashes.count, blank: true)
                scanCode(until: ")")
                advance(1, blank: true)
            } else if starts(with: "\\" + hashes) {
                text.append(character)
                if let escaped = peek(1 + hashes.count) { text.append(escaped) }
                advance(2 + hashes.count, blank: true)
            } else if character.isNewline, quotes.count == 1 {
                break
            } else {
                text.append(character)
                advance(blank: true)
            }
        }
        literals.append(SwiftSource.Literal(line: begin, text: text))
    }

    /// A slash begins a regex where an expression is expected and no space follows it.
    private func beginsRegex() -> Bool {
        guard let next = peek(1), !next.isWhitespace, next != "/", next != "*" else { return false }
        guard let before = code.last(where: { $0 != " " }) else { return true }
        guard before.isNewline || "(,=:[{".contains(before) else { return false }
        var offset = 1
        while let character = peek(offset), !character.isNewline {
            if character == "/", peek(offset - 1) != "\\" { return true }
            offset += 1
        }
        return false
    }

    private mutating func scanRegex() {
        advance(blank: false)
        while let character = peek(), !character.isNewline, character != "/" {
            advance(character == "\\" ? 2 : 1, blank: true)
        }
        advance(1, blank: false)
    }
}
