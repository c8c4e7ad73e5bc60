/// One declared dependency of a Python package
/// ([dependency specifiers](https://packaging.python.org/en/latest/specifications/dependency-specifiers/), PEP 508).
///
/// Equality does not see the order of extras and clauses, white space, or the spelling of names and versions.
package struct PythonRequirement: Hashable, Sendable {
    /// The longest text that is read, in bytes.
    package static let maximumLength = 8192

    /// The name as it was written.
    package let name: String
    /// The extras of that project which are asked for, normalised, sorted, each once.
    package let extras: [String]
    package let specifiers: PythonSpecifiers
    /// Where to download it from, in the form `name @ url`.
    package let url: String?
    package let marker: PythonMarker?

    /// The form of the name under which the project is found.
    package var nameKey: String { PythonName.normalized(name) }

    /// Reads a requirement, or returns nil where it follows no rule.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        var rest = text.trimmed
        let name = Self.name(&rest)
        guard PythonName.isValid(name), let extras = Self.extras(&rest) else { return nil }
        rest = rest.trimmed
        var markerText: Substring?
        if rest.first == "@" {
            // A semicolon can be part of the address; only one after white space starts the marker.
            rest = rest.dropFirst().trimmed
            let address = rest.prefix { !$0.isWhitespace }
            guard !address.isEmpty else { return nil }
            url = String(address)
            specifiers = Self.noSpecifiers
            let behind = rest.dropFirst(address.count).trimmed
            guard behind.isEmpty || behind.first == ";" else { return nil }
            markerText = behind.isEmpty ? nil : behind.dropFirst()
        } else {
            url = nil
            let parts = rest.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
            guard let read = Self.specifiers((parts.first ?? "").trimmed) else { return nil }
            specifiers = read
            markerText = parts.count > 1 ? parts[1] : nil
        }
        if let markerText {
            guard let read = PythonMarker(String(markerText)) else { return nil }
            marker = read
        } else {
            marker = nil
        }
        self.name = name
        self.extras = extras
    }

    /// Everything but the name, in the syntax of a requirement.
    package var requirement: String {
        (extras.isEmpty ? "" : "[\(extras.joined(separator: ","))]") + (url.map { " @ \($0) " } ?? specifiers.text)
            + (marker.map { "; \($0.normalized)" } ?? "")
    }

    package static func == (left: PythonRequirement, right: PythonRequirement) -> Bool {
        left.nameKey == right.nameKey && left.requirement == right.requirement
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(nameKey)
        hasher.combine(requirement)
    }

    private static let noSpecifiers = PythonSpecifiers(clauses: [])

    private static func name(_ rest: inout Substring) -> String {
        let name = rest.utf8.prefix { PythonName.isNameByte($0) }
        let text = String(rest[..<name.endIndex])
        rest = rest[name.endIndex...]
        return text
    }

    private static func extras(_ rest: inout Substring) -> [String]? {
        rest = rest.trimmed
        guard rest.first == "[" else { return [] }
        guard let end = rest.firstIndex(of: "]") else { return nil }
        let inside = rest[rest.index(after: rest.startIndex)..<end].trimmed
        rest = rest[rest.index(after: end)...]
        guard !inside.isEmpty else { return [] }
        var names: Set<String> = []
        for part in inside.split(separator: ",", omittingEmptySubsequences: false) {
            let name = String(part.trimmed)
            guard PythonName.isValid(name) else { return nil }
            names.insert(PythonName.normalized(name))
        }
        return names.sorted()
    }

    private static func specifiers(_ text: Substring) -> PythonSpecifiers? {
        guard text.first == "(" else { return PythonSpecifiers(String(text)) }
        guard text.last == ")" else { return nil }
        return PythonSpecifiers(String(text.dropFirst().dropLast()))
    }
}
