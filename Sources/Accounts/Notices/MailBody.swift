/// The text of a message, in both of its forms.
struct MailText: Hashable {
    let subject: String
    let plain: String
    let html: String
}

/// What a message says, without its form: a pure value.
///
/// Whatever it is given may have been chosen by a stranger: in HTML it is escaped, in plain text it cannot begin a line of
/// its own, and no program makes a link of it.
struct MailBody {
    var userName: String?
    var paragraphs: [String]
    var details: [(name: String, value: String)]
    /// The one link, and what it is called; nil for none.
    var link: (name: String, address: String)?
    /// What follows the link.
    var closing: [String]

    /// Both forms.
    ///
    /// `house` is the address of the pages.
    func text(subject: String, house: String) -> MailText {
        MailText(subject: subject, plain: plain(house), html: html(subject, house))
    }

    private func plain(_ house: String) -> String {
        var blocks = paragraphs
        if let userName { blocks.insert("Hello \(Self.tame(userName)),", at: 0) }
        if !details.isEmpty {
            blocks.append(details.map { "  \($0.name): \(Self.tame($0.value))" }.joined(separator: "\n"))
        }
        if let link { blocks.append("\(link.name):\n\(link.address)") }
        blocks += closing
        blocks.append("-- \nHallmark at \(house)")
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private func html(_ subject: String, _ house: String) -> String {
        var lines = [
            "<!DOCTYPE html>", "<html lang=\"en\">",
            "<head><meta charset=\"utf-8\"><title>\(Self.escape(subject))</title></head>",
            "<body style=\"font-family: sans-serif; line-height: 1.5; max-width: 40em\">",
        ]
        if let userName { lines.append("<p>Hello \(Self.escape(Self.tame(userName))),</p>") }
        lines += paragraphs.map { "<p>\(Self.escape($0))</p>" }
        if !details.isEmpty {
            lines.append("<table>")
            for detail in details {
                let value = Self.escape(Self.tame(detail.value))
                lines.append("<tr><th align=\"left\">\(Self.escape(detail.name))</th><td>\(value)</td></tr>")
            }
            lines.append("</table>")
        }
        if let link {
            let address = Self.escape(link.address)
            lines.append("<p><a href=\"\(address)\">\(Self.escape(link.name))</a><br><small>\(address)</small></p>")
        }
        lines += closing.map { "<p>\(Self.escape($0))</p>" }
        lines += ["<hr>", "<p><small>Hallmark at \(Self.escape(house))</small></p>", "</body>", "</html>"]
        return lines.joined(separator: "\n") + "\n"
    }

    /// A value on one line, of at most 200 characters, without what changes the direction of writing, and without anything
    /// that a mail program takes for an address to be opened.
    static func tame(_ value: String) -> String {
        let scalars = value.unicodeScalars.prefix(200).map { scalar -> Character in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                "\u{FFFD}"
            default: Character(scalar)
            }
        }
        return String(scalars).replacing("://", with: ":\u{2060}/\u{2060}/")
    }

    /// A text as HTML, for elements and quoted attributes.
    static func escape(_ text: String) -> String {
        var out = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }
}
