import RegistryModel

/// Texts of the client's, made fit for messages and rows.
enum CargoText {
    /// The start of a text, on one line, for a message.
    static func excerpt(_ text: String, limit: Int = 80) -> String {
        var out = ""
        for scalar in text.unicodeScalars.prefix(limit) {
            let isHidden = [.control, .format, .lineSeparator, .paragraphSeparator]
                .contains(scalar.properties.generalCategory)
            out.unicodeScalars.append(isHidden ? " " : scalar)
        }
        return text.unicodeScalars.count > limit ? out + "…" : out
    }

    /// The words of a text with one space between them; nil where there are none.
    static func oneLine(_ text: String?, limit: Int = 2000) -> String? {
        guard let text else { return nil }
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.isEmpty ? nil : line.limited(toScalars: limit)
    }

    /// The text, where it is an address that a page may link to.
    static func webAddress(_ text: String?) -> String? {
        guard let text, text.hasPrefix("https://") || text.hasPrefix("http://"), text.utf8.count <= 2000 else {
            return nil
        }
        return text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F } ? text : nil
    }

    /// Whether it has no space and no control character, as names of features and addresses.
    static func isPlain(_ text: String, limit: Int) -> Bool {
        (1...limit).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.value > 0x20 && scalar.properties.generalCategory != .control
                    && scalar.properties.generalCategory != .format && !scalar.properties.isWhitespace
            }
    }
}
