/// A form as it stands in a page, with the values that it holds.
struct HTMLForm: Sendable {
    /// The attributes of its element, by lower-case name.
    let attributes: [String: String]
    /// Its fields in order: what a browser would send that nobody touched.
    var fields: [(name: String, value: String)] = []
    /// Boxes and buttons that are offered and not chosen.
    var offered: [(name: String, value: String)] = []

    /// Where it leads; empty for the page's own address.
    var action: String { attributes["action"] ?? "" }

    /// The same form with other values chosen.
    func with(_ fields: [(name: String, value: String)]) -> HTMLForm {
        var form = self
        form.fields = fields
        return form
    }

    /// Whether it has a field of that name, chosen or not.
    func has(_ name: String) -> Bool {
        fields.contains { $0.name == name } || offered.contains { $0.name == name }
    }
}

/// Reads the forms of a page.
///
/// As much of HTML as Hallmark's own pages have: elements with quoted attributes, and the few entities that its renderer
/// writes. It bounds what it keeps by the length of the page.
struct HTMLForms {
    private(set) var forms: [HTMLForm] = []
    private var form: HTMLForm?
    private var select: String?
    private var options: [(value: String, isChosen: Bool)] = []
    private var area: String?

    /// The forms of that page.
    static func read(_ html: String) -> [HTMLForm] {
        var reader = HTMLForms()
        var rest = Array(html.utf8)[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
            let text = rest[rest.startIndex..<start]
            reader.text(text)
            rest = rest[(start + 1)...]
            guard let end = Self.end(of: rest) else { break }
            reader.tag(rest[rest.startIndex..<end])
            rest = rest[(end + 1)...]
        }
        return reader.forms
    }

    /// The end of a tag, outside of quotes.
    private static func end(of bytes: ArraySlice<UInt8>) -> Int? {
        var quote: UInt8?
        for index in bytes.indices {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return index
            }
        }
        return nil
    }

    private mutating func text(_ bytes: ArraySlice<UInt8>) {
        guard let name = area else { return }
        let value = HTMLText.unescape(String(decoding: bytes, as: UTF8.self))
        form?.fields.append((name, value))
        area = nil
    }

    private mutating func tag(_ bytes: ArraySlice<UInt8>) {
        let (name, attributes) = Self.parse(bytes)
        switch name {
        case "form": form = HTMLForm(attributes: attributes)
        case "/form":
            if let form { forms.append(form) }
            form = nil
        case "input": input(attributes)
        case "button":
            if let name = attributes["name"] { form?.offered.append((name, attributes["value"] ?? "")) }
        case "textarea": area = attributes["name"]
        case "/textarea": area = nil
        case "select":
            select = attributes["name"]
            options = []
        case "option": options.append((attributes["value"] ?? "", attributes["selected"] != nil))
        case "/select": endSelect()
        default: break
        }
    }

    private mutating func endSelect() {
        guard let name = select else { return }
        if let chosen = options.first(where: \.isChosen) ?? options.first { form?.fields.append((name, chosen.value)) }
        for option in options { form?.offered.append((name, option.value)) }
        select = nil
    }

    private mutating func input(_ attributes: [String: String]) {
        guard let name = attributes["name"] else { return }
        let isBox = attributes["type"] == "checkbox" || attributes["type"] == "radio"
        let value = attributes["value"] ?? (isBox ? "on" : "")
        if isBox, attributes["checked"] == nil {
            form?.offered.append((name, value))
        } else {
            form?.fields.append((name, value))
        }
    }

    private static func parse(_ bytes: ArraySlice<UInt8>) -> (name: String, attributes: [String: String]) {
        var rest = bytes
        let name = String(decoding: take(&rest) { !isSpace($0) }, as: UTF8.self).lowercased()
        var attributes: [String: String] = [:]
        while !rest.isEmpty {
            _ = take(&rest) { isSpace($0) || $0 == UInt8(ascii: "/") }
            let key = String(decoding: take(&rest) { !isSpace($0) && $0 != UInt8(ascii: "=") }, as: UTF8.self)
            guard !key.isEmpty else { break }
            var value: [UInt8] = []
            if rest.first == UInt8(ascii: "=") {
                rest = rest.dropFirst()
                if let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                    rest = rest.dropFirst()
                    value = take(&rest) { $0 != quote }
                    rest = rest.dropFirst()
                } else {
                    value = take(&rest) { !isSpace($0) }
                }
            }
            attributes[key.lowercased()] = HTMLText.unescape(String(decoding: value, as: UTF8.self))
        }
        return (name, attributes)
    }

    private static func take(_ rest: inout ArraySlice<UInt8>, while condition: (UInt8) -> Bool) -> [UInt8] {
        let taken = rest.prefix(while: condition)
        rest = rest[taken.endIndex...]
        return Array(taken)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

/// Text of pages.
enum HTMLText {
    /// Undoes the entities that pages are written with, and numeric ones.
    static func unescape(_ text: String) -> String {
        guard text.contains("&") else { return text }
        var out = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "&") {
            out += rest[..<start]
            rest = rest[start...]
            guard let end = rest.prefix(12).firstIndex(of: ";"),
                let scalar = scalar(rest[rest.index(after: start)..<end])
            else {
                out.append("&")
                rest = rest.dropFirst()
                continue
            }
            out.unicodeScalars.append(scalar)
            rest = rest[rest.index(after: end)...]
        }
        return out + rest
    }

    private static func scalar(_ name: Substring) -> Unicode.Scalar? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.hasPrefix("#") else { return nil }
            let digits = name.dropFirst()
            let number = digits.lowercased().hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            return number.flatMap(Unicode.Scalar.init)
        }
    }

    /// A page's text without its elements, in one line.
    static func plain(_ html: String) -> String {
        var out = ""
        var isTag = false
        for character in html {
            switch character {
            case "<": isTag = true
            case ">":
                isTag = false
                out.append(" ")
            default: if !isTag { out.append(character) }
            }
        }
        return unescape(out).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
