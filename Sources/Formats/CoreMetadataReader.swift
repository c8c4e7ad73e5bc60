import Versioning

/// Takes the fields of core metadata out of a header block, each by its own rule.
struct CoreMetadataReader {
    private let body: String
    /// The values of each field, by its name in lower case.
    private let values: [String: [String]]

    /// The fields that may be given once.
    private static let single = [
        "Metadata-Version", "Name", "Version", "Summary", "Description", "Description-Content-Type", "Keywords",
        "Home-page",
        "Download-URL", "Author", "Author-email", "Maintainer", "Maintainer-email", "License", "License-Expression",
        "Requires-Python",
    ]

    /// Wraps a block in which no field that may be given once is there twice.
    init(_ headers: CoreMetadataHeaders) throws(CoreMetadataFault) {
        var values: [String: [String]] = [:]
        for field in headers.fields { values[field.name, default: []].append(field.value) }
        for name in Self.single where values[name.lowercased(), default: []].count > 1 {
            throw .duplicate(field: name)
        }
        self.values = values
        body = headers.body
    }

    private func all(_ name: String) -> [String] { values[name.lowercased()] ?? [] }

    /// A field that must be there, on one line.
    func required(_ name: String) throws(CoreMetadataFault) -> String {
        guard let value = all(name).first, !value.isEmpty else { throw .missing(field: name) }
        guard !value.contains(where: \.isNewline) else { throw .invalid(field: name, value: value) }
        return value
    }

    /// A field whose folded lines are one line.
    func line(_ name: String) -> String? {
        lines(name).first
    }

    /// A field that may be repeated, each value on one line.
    func lines(_ name: String) -> [String] {
        all(name).map(Self.unfolded).filter { !$0.isEmpty && $0 != "UNKNOWN" }
    }

    /// A field that keeps its lines.
    func text(_ name: String) -> String? {
        guard let value = all(name).first, !value.isEmpty, value != "UNKNOWN" else { return nil }
        return Self.dedented(value)
    }

    /// The long description, which is the body or a field, never both.
    func description() throws(CoreMetadataFault) -> String? {
        let isBlank = body.allSatisfy(\.isWhitespace)
        let field = text("Description")
        if !isBlank, field != nil { throw .duplicate(field: "Description") }
        guard !isBlank else { return field }
        return body.hasPrefix("UNKNOWN") && body.dropFirst(7).allSatisfy(\.isWhitespace)
            ? nil : body
    }

    /// Keywords, which the specification separates by commas and old tools by spaces.
    func keywords() -> [String] {
        guard let value = line("Keywords") else { return [] }
        let words =
            value.contains(",") ? value.split(separator: ",") : value.split(whereSeparator: \.isWhitespace)
        return words.map { String($0.trimmed) }.filter { !$0.isEmpty }
    }

    /// The Python versions it supports, which must be a set of version specifiers.
    func requiresPython() throws(CoreMetadataFault) -> String? {
        guard let value = line("Requires-Python") else { return nil }
        guard PythonSpecifiers(value) != nil else { throw .invalid(field: "Requires-Python", value: value) }
        return value
    }

    /// Links: label, comma, address.
    func projectURLs() -> [CoreMetadata.ProjectURL] {
        lines("Project-URL").map { value in
            guard let comma = value.firstIndex(of: ",") else { return CoreMetadata.ProjectURL(label: "", url: value) }
            let label = String(value[..<comma].trimmed)
            return CoreMetadata.ProjectURL(label: label, url: String(value[value.index(after: comma)...].trimmed))
        }
    }

    private static func unfolded(_ value: String) -> String {
        guard value.contains("\n") else { return value }
        return value.split(separator: "\n").map { $0.trimmed }.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Takes the indentation of a folded value away: eight spaces as most tools write, or seven and a bar as PEP 345 has it.
    private static func dedented(_ value: String) -> String {
        guard value.contains("\n") else { return value }
        let lines = value.split(separator: "\n", omittingEmptySubsequences: false)
        let rest = lines.dropFirst()
        for prefix in ["       |", "        "]
        where rest.allSatisfy({ $0.hasPrefix(prefix) || $0.allSatisfy(\.isWhitespace) }) {
            return ([lines[0]] + rest.map { $0.dropFirst(prefix.count) }).joined(separator: "\n")
        }
        return ([lines[0]] + rest.map { $0.drop { $0 == " " || $0 == "\t" } }).joined(separator: "\n")
    }
}
