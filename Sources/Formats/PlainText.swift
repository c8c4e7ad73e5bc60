/// Texts of a publisher's, made fit for messages and rows.
package enum PlainText {
    /// The words of a text with one space between them; nil where there are none.
    package static func oneLine(_ text: String?, limit: Int = 2000) -> String? {
        let words = text?.split {
            $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        }
        guard let words, !words.isEmpty else { return nil }
        return String(words.joined(separator: " ").prefix(limit))
    }

    /// The text, where it is an address that a page may link to.
    package static func webAddress(_ text: String?) -> String? {
        guard let text, text.utf8.count <= 2000, text.hasPrefix("https://") || text.hasPrefix("http://") else {
            return nil
        }
        return text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F } ? text : nil
    }
}
