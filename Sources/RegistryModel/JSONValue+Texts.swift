extension JSONValue {
    /// An object of texts, in the order of their names.
    package static func texts(_ values: [String: String]) -> JSONValue {
        .object(values.sorted { $0.key < $1.key }.map { Member($0.key, .string($0.value)) })
    }

    /// The members that are texts; what is none is left out.
    package var textMembers: [String: String] {
        var values: [String: String] = [:]
        for member in members ?? [] { values[member.name] = member.value.stringValue }
        return values
    }
}
