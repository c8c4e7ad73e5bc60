import RegistryModel

/// A person as `package.json` names one: `Name <mail> (url)`, or an object with those members.
struct NPMPerson: Hashable {
    var name: String?
    var email: String?
    var url: String?

    private init(name: String?, email: String?, url: String?) {
        self.name = name
        self.email = email
        self.url = url
    }

    /// Reads the short form.
    init(_ text: String) {
        let head = text.prefix { $0 != "<" && $0 != "(" }.trimmed
        name = head.isEmpty ? nil : head
        email = Self.between("<", ">", in: text)
        url = Self.between("(", ")", in: text)
    }

    /// Reads either form, or returns nil for anything else.
    init?(_ value: JSONValue) {
        if let text = value.stringValue {
            self.init(text)
        } else if value.members != nil {
            self.init(
                name: value["name"]?.stringValue, email: value["email"]?.stringValue, url: value["url"]?.stringValue)
        } else {
            return nil
        }
    }

    /// The object form.
    var value: JSONValue {
        .compactObject([
            ("name", name.map(JSONValue.string)), ("email", email.map(JSONValue.string)),
            ("url", url.map(JSONValue.string)),
        ])
    }

    private static func between(_ start: Character, _ end: Character, in text: String) -> String? {
        guard let from = text.firstIndex(of: start) else { return nil }
        let rest = text[text.index(after: from)...]
        guard let to = rest.firstIndex(of: end), to > rest.startIndex else { return nil }
        return String(rest[..<to])
    }
}

extension StringProtocol {
    /// The text without white space at either end.
    var trimmed: String {
        var rest = Substring(self)
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return String(rest)
    }
}
