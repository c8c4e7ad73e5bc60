/// Writes a small XML document, two spaces a level, so that people can read it too.
struct MavenXML {
    private var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    private var open: [String] = []

    /// Begins with the root element; attributes may follow its name.
    init(_ root: String) {
        open(root)
    }

    /// Begins an element with children.
    mutating func open(_ name: String) {
        text += "\(indent)<\(name)>\n"
        open.append(String(name.prefix { $0 != " " }))
    }

    /// Ends the innermost open element.
    mutating func close() {
        guard let name = open.popLast() else { return }
        text += "\(indent)</\(name)>\n"
    }

    /// Adds an element with text.
    mutating func add(_ name: String, _ value: String) {
        text += "\(indent)<\(name)>\(Self.escaped(value))</\(name)>\n"
    }

    /// Ends whatever is open.
    mutating func finish() -> [UInt8] {
        while !open.isEmpty { close() }
        return Array(text.utf8)
    }

    private var indent: String { String(repeating: "  ", count: open.count) }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
