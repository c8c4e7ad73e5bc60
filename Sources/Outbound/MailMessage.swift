import RegistryModel

/// The bytes of a message: the header of [RFC 5322](https://www.rfc-editor.org/rfc/rfc5322), and one or two parts of text
/// as [RFC 2045](https://www.rfc-editor.org/rfc/rfc2045) and [RFC 2046](https://www.rfc-editor.org/rfc/rfc2046) say.
///
/// Every line is of ASCII and at most 76 characters long; nothing that a value holds can end a header field.
struct MailMessage {
    /// The whole message, with CRLF after each line.
    let bytes: [UInt8]

    /// Writes a message.
    /// - Throws: ``MailFault/refused(_:)`` where the address is none, or the subject has a control character.
    init(_ mail: Mail, from sender: MailSender, at now: Timestamp) throws(MailFault) {
        guard MailAddress.isDeliverable(mail.recipient) else { throw .refused("no address that mail can be sent to") }
        guard mail.subject.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw .refused("the subject has a control character")
        }
        var lines = [
            "Date: \(MailDate.text(now))",
            "From: " + Self.from(sender),
            "To: <\(mail.recipient)>",
            "Subject: " + EncodedWords.text(mail.subject, after: 9),
            // The same whenever the same message is sent again, so that a second copy can be told.
            "Message-ID: <hallmark.\(mail.id)@\(sender.domain)>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
        ]
        if mail.html.isEmpty {
            lines += Self.part(mail.plain, "plain")
        } else {
            // No line of a quoted-printable text begins like this.
            let boundary = "=_hallmark_\(mail.id)"
            lines += ["Content-Type: multipart/alternative; boundary=\"\(boundary)\"", "", "--\(boundary)"]
            lines += Self.part(mail.plain, "plain") + ["--\(boundary)"]
            lines += Self.part(mail.html, "html") + ["--\(boundary)--"]
        }
        bytes = Array(lines.map { $0 + "\r\n" }.joined().utf8)
    }

    private static func from(_ sender: MailSender) -> String {
        guard !sender.name.isEmpty else { return "<\(sender.address)>" }
        return EncodedWords.phrase(sender.name, after: 6) + "\r\n <\(sender.address)>"
    }

    private static func part(_ text: String, _ subtype: String) -> [String] {
        [
            "Content-Type: text/\(subtype); charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "",
        ] + QuotedPrintable.lines(text)
    }
}

/// Texts beyond ASCII in header fields ([RFC 2047](https://www.rfc-editor.org/rfc/rfc2047)).
enum EncodedWords {
    /// A text as it stands where it is plain and short, otherwise in encoded words, one a line.
    static func text(_ text: String, after column: Int) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } && !text.contains("=?")
        // A line must not begin or end with spaces, which a server may take away.
        let isTrimmed = text.first != " " && text.last != " "
        return isPlain && isTrimmed && text.utf8.count + column <= 78 ? text : words(text, after: column)
    }

    /// A name before an address: an atom or two as they stand, otherwise encoded.
    static func phrase(_ text: String, after column: Int) -> String {
        let isPlain = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x20 || $0 == 0x2D
        }
        return isPlain && text.utf8.count + column <= 78 ? text : words(text, after: column)
    }

    /// Lines with such words have at most 76 characters ([RFC 2047, 2](https://www.rfc-editor.org/rfc/rfc2047#section-2)),
    /// the name of the field and the space before later words among them.
    private static func words(_ text: String, after column: Int) -> String {
        func room(after column: Int) -> Int { max(0, 76 - column - "=?UTF-8?B??=".utf8.count) / 4 * 3 }
        var words: [[UInt8]] = [[]]
        for character in text.unicodeScalars {
            let bytes = Array(String(character).utf8)
            // A character is never cut in two.
            let room = room(after: words.count == 1 ? column : 1)
            if words[words.count - 1].count + bytes.count > room { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words.map { "=?UTF-8?B?\(Base64URL.encodePadded($0))?=" }.joined(separator: "\r\n ")
    }
}

/// Text in which everything but printable ASCII is written in hexadecimal
/// ([RFC 2045, 6.7](https://www.rfc-editor.org/rfc/rfc2045#section-6.7)).
enum QuotedPrintable {
    /// The lines, without their ends, each of at most 76 characters.
    static func lines(_ text: String) -> [String] {
        let all = Array(text.replacing("\r\n", with: "\n").utf8)
        return all.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).flatMap { line($0) }
    }

    private static func line(_ bytes: ArraySlice<UInt8>) -> [String] {
        var lines: [String] = []
        var current = ""
        for (index, byte) in bytes.enumerated() {
            let isLast = index == bytes.count - 1
            let isSpace = byte == 0x20 || byte == 0x09
            // A dot at the beginning of a line ends a message of SMTP; what sends it takes care, and so does this.
            let isPlain =
                (0x21..<0x7F).contains(byte) && byte != UInt8(ascii: "=")
                && !(byte == UInt8(ascii: ".") && current.isEmpty) || isSpace && !isLast
            let piece = isPlain ? String(UnicodeScalar(byte)) : "=" + Hex.encode([byte]).uppercased()
            // What is cut off ends with `=`, which counts too.
            if current.utf8.count + piece.utf8.count > 75 {
                lines.append(current + "=")
                current = ""
            }
            current += piece
        }
        return lines + [current]
    }
}

/// Dates of messages ([RFC 5322, 3.3](https://www.rfc-editor.org/rfc/rfc5322#section-3.3)).
enum MailDate {
    /// A time in UTC, such as `Thu, 01 Jan 2026 00:00:00 +0000`.
    static func text(_ time: Timestamp) -> String {
        // The two standards differ in how they name the zone.
        time.httpDate.replacing("GMT", with: "+0000")
    }
}
