/// Reads HTML of ours and finds what a stranger's text should not be able to put there.
struct MarkupCheck {
    private static let elements: Set<String> = [
        "!doctype", "html", "head", "meta", "title", "body", "h1", "h2", "h3", "h4", "h5", "h6", "a", "br", "p", "ul",
        "ol", "li",
        "pre", "code", "em", "strong", "del", "blockquote", "hr", "table", "thead", "tbody", "tr", "th", "td", "span",
        "div",
        "input", "sup", "section", "img",
    ]
    private let text: [UInt8]

    init(_ html: String) {
        text = Array(html.utf8)
    }

    /// Requires known elements, no event handlers, no addresses but those of the web, and no control characters.
    func check() throws(FuzzFailure) {
        var position = 0
        while let open = text[position...].firstIndex(of: UInt8(ascii: "<")) {
            guard let end = end(of: open) else { throw FuzzFailure("a tag does not end: \(excerpt(open))") }
            let tag = String(decoding: text[(open + 1)..<end], as: UTF8.self)
            let name = tag.drop { $0 == "/" }.prefix { $0 != " " && $0 != "/" && $0 != "\n" }.lowercased()
            try require(Self.elements.contains(name), "the element '\(name)': \(excerpt(open))")
            try attributes(tag)
            position = end + 1
        }
        try require(!text.contains { $0 < 0x09 || (0x0B..<0x20).contains($0) && $0 != 0x0D }, "a control character")
    }

    /// Where the tag ends, quotation marks regarded.
    private func end(of open: Int) -> Int? {
        var isQuoted = false
        for index in text[open...].indices {
            if text[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
            if text[index] == UInt8(ascii: ">"), !isQuoted { return index }
            if text[index] == UInt8(ascii: "<"), index > open, !isQuoted { return nil }
        }
        return nil
    }

    private func attributes(_ tag: String) throws(FuzzFailure) {
        let parts = tag.utf8.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false).map {
            String(Substring($0))
        }
        for index in stride(from: 0, to: parts.count - 1, by: 2) {
            let name = parts[index].split(separator: " ").last.map { $0.lowercased() } ?? ""
            try require(!name.hasPrefix("on") && !name.hasPrefix("style"), "the attribute \(name)")
            guard name == "href=" || name == "src=" else { continue }
            let value = parts[index + 1].lowercased()
            let isSafe = ["http://", "https://", "mailto:", "#"].contains { value.hasPrefix($0) }
            try require(isSafe, "the address '\(value)'")
        }
    }

    private func excerpt(_ from: Int) -> String {
        String(decoding: text[from...].prefix(80), as: UTF8.self)
    }
}
