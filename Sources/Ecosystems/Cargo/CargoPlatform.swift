/// The condition of a platform-specific dependency, in the one spelling that cargo gives it.
///
/// Either the name of a target triple or a `cfg(…)` expression
/// ([platform specific dependencies](https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html#platform-specific-dependencies)).
/// Manifests keep the author's spaces; publishes and index files have `key = "value"` and `, ` and no comma at the end.
enum CargoPlatform {
    /// The normal form, or nil where the text cannot be a platform.
    static func normalized(_ text: String) -> String? {
        guard text.utf8.count <= 4096, !text.isEmpty else { return nil }
        guard text.hasPrefix("cfg(") else {
            return text.utf8.allSatisfy(isNameByte) ? text : nil
        }
        guard let tokens = tokens(text), isBalanced(tokens) else { return nil }
        var out = ""
        for (index, token) in tokens.enumerated() {
            switch token {
            case ",":
                // A comma before a closing parenthesis says nothing.
                if index + 1 < tokens.count, tokens[index + 1] != ")" { out += ", " }
            case "=": out += " = "
            default: out += token
            }
        }
        return out
    }

    private static func tokens(_ text: String) -> [String]? {
        var tokens: [String] = []
        var rest = text[...]
        while let first = rest.first {
            if first == " " || first == "\t" {
                rest.removeFirst()
            } else if "(),=".contains(first) {
                tokens.append(String(first))
                rest.removeFirst()
            } else if first == "\"" {
                guard let end = rest.dropFirst().firstIndex(of: "\"") else { return nil }
                let literal = rest[...end]
                guard literal.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else { return nil }
                tokens.append(String(literal))
                rest = rest[rest.index(after: end)...]
            } else {
                let word = rest.prefix { $0.isASCII && $0.utf8.allSatisfy(isNameByte) }
                guard !word.isEmpty else { return nil }
                tokens.append(String(word))
                rest = rest.dropFirst(word.count)
            }
        }
        return tokens
    }

    /// Whether the first parenthesis is closed by the last token and by no earlier one.
    private static func isBalanced(_ tokens: [String]) -> Bool {
        var depth = 0
        for (index, token) in tokens.enumerated() {
            if token == "(" { depth += 1 }
            if token == ")" { depth -= 1 }
            if depth < 0 || (depth == 0 && index > 0 && index < tokens.count - 1) { return false }
        }
        return depth == 0 && tokens.last == ")"
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "#"):
            true
        default: false
        }
    }
}
