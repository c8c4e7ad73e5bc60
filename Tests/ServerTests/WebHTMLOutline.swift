/// What a strict reader finds in a page: elements in order, and everything that is not as it should be.
///
/// It reads the HTML that our templates write, not all that browsers forgive: every element but a void one is closed, in
/// order; every attribute is in double quotes; every `<` begins a tag; no text holds a bare `>`-less tag.
struct WebHTMLOutline {
    struct Element {
        let name: String
        let attributes: [(name: String, value: String)]

        subscript(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
    }

    private(set) var elements: [Element] = []
    private(set) var faults: [String] = []
    /// The text between tags, with entities as they stand.
    private(set) var text = ""

    static let void: Set<String> = ["meta", "link", "input", "br", "hr", "col", "path", "rect"]

    init(_ html: String) {
        var rest = html[...]
        var open: [String] = []
        if rest.hasPrefix("<!doctype html>\n") {
            rest = rest.dropFirst("<!doctype html>\n".count)
        } else {
            faults.append("no doctype")
        }
        while let start = rest.firstIndex(of: "<") {
            text += rest[..<start]
            guard let end = Self.end(of: rest[start...]) else {
                faults.append("a tag is not closed: \(rest[start...].prefix(40))")
                return
            }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("/") {
                let name = String(tag.dropFirst())
                if open.popLast() != name { faults.append("</\(name)> closes nothing") }
                continue
            }
            guard let element = element(tag) else { continue }
            elements.append(element)
            if !Self.void.contains(element.name) { open.append(element.name) }
        }
        text += rest
        faults += open.map { "<\($0)> stays open" }
        faults += Self.duplicates(elements.compactMap { $0["id"] }).map { "id \($0) twice" }
    }

    /// The place of the `>` that ends a tag, past quoted values.
    private static func end(of text: Substring) -> Substring.Index? {
        var isQuoted = false
        for index in text.indices {
            let character = text[index].unicodeScalars.first
            if character == "\"" { isQuoted.toggle() }
            if character == ">", !isQuoted { return index }
        }
        return nil
    }

    private mutating func element(_ tag: Substring) -> Element? {
        var scanner = tag.unicodeScalars[...]
        let name = String(scanner.prefix { $0 != " " && $0 != "/" && $0 != "\n" })
        guard !name.isEmpty, name.unicodeScalars.allSatisfy({ ("a"..."z").contains($0) || ("0"..."9").contains($0) })
        else {
            faults.append("<\(tag.prefix(40))> is no tag")
            return nil
        }
        scanner = scanner.dropFirst(name.unicodeScalars.count)
        var attributes: [(name: String, value: String)] = []
        while true {
            scanner = scanner.drop { $0 == " " || $0 == "/" || $0 == "\n" }
            guard !scanner.isEmpty else { break }
            let attribute = String(scanner.prefix { $0 != "=" && $0 != " " })
            scanner = scanner.dropFirst(attribute.unicodeScalars.count)
            guard scanner.first == "=" else {
                attributes.append((attribute, ""))
                continue
            }
            scanner = scanner.dropFirst()
            guard scanner.first == "\"" else {
                faults.append("<\(name) \(attribute)> is not quoted")
                return nil
            }
            let value = String(scanner.dropFirst().prefix { $0 != "\"" })
            scanner = scanner.dropFirst(value.unicodeScalars.count + 2)
            attributes.append((attribute, value))
        }
        faults += Self.duplicates(attributes.map(\.name)).map { "<\(name)> has \($0) twice" }
        return Element(name: name, attributes: attributes)
    }

    private static func duplicates(_ values: [String]) -> [String] {
        Dictionary(grouping: values) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
    }

    func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

    /// The levels of all headings, in order.
    var headings: [Int] {
        elements.compactMap { $0.name.count == 2 && $0.name.hasPrefix("h") ? Int($0.name.dropFirst()) : nil }
    }
}
