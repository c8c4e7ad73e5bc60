import RegistryModel

/// What the schema of composer.json says about a value, as far as it is a matter of types, patterns and required members.
///
/// The [schema](https://getcomposer.org/schema.json) is written down here as values. Left out are the formats `uri` and `email`:
/// addresses that are none are not linked to, but they break nothing.
indirect enum ComposerShape: Sendable {
    case anything
    case boolean
    case string
    /// A text for which a rule holds; the words say which.
    case text(String, @Sendable (String) -> Bool)
    case array(of: ComposerShape)
    /// An object with some members of known shapes, all others of `others`.
    case object([String: ComposerShape], required: [String] = [], others: ComposerShape = .anything)
    /// No member but those that are named.
    case closed([String: ComposerShape], required: [String])
    case either([ComposerShape])

    /// Where a value differs from the shape, as a sentence; nil where it does not.
    func violation(_ value: JSONValue, at path: String) -> String? {
        switch (self, value) {
        case (.anything, _), (.boolean, .bool), (.string, .string): return nil
        case (.text(let words, let rule), .string(let text)): return rule(text) ? nil : "'\(path)' \(words)"
        case (.array(let shape), .array(let elements)):
            return elements.enumerated().lazy.compactMap { shape.violation($1, at: "\(path)[\($0)]") }.first
        case (.object(let members, let required, let others), .object(let found)):
            return Self.violation(found, members, required, others: others, at: path)
        case (.closed(let members, let required), .object(let found)):
            return Self.violation(found, members, required, others: nil, at: path)
        case (.either(let shapes), _):
            let violations = shapes.map { $0.violation(value, at: path) }
            if violations.contains(nil) { return nil }
            // The one shape whose type fits says more than that none does.
            let fitting = zip(shapes, violations).filter { $0.0.hasType(of: value) }
            return fitting.count == 1 ? fitting[0].1 : "'\(path)' must be \(words)"
        default: return "'\(path)' must be \(words)"
        }
    }

    private static func violation(
        _ found: [JSONValue.Member], _ members: [String: ComposerShape], _ required: [String], others: ComposerShape?,
        at path: String
    ) -> String? {
        let prefix = path.isEmpty ? "" : path + "."
        if let missing = required.first(where: { name in !found.contains { $0.name == name } }) {
            return "'\(prefix)\(missing)' is missing"
        }
        for member in found {
            let place = prefix + String(member.name.prefix(80))
            guard let shape = members[member.name] ?? others else { return "'\(place)' is not a member it may have" }
            if let violation = shape.violation(member.value, at: place) { return violation }
        }
        return nil
    }

    private func hasType(of value: JSONValue) -> Bool {
        switch (self, value) {
        case (.boolean, .bool), (.string, .string), (.text, .string), (.array, .array), (.object, .object),
            (.closed, .object):
            true
        default: false
        }
    }

    /// The type in words.
    private var words: String {
        switch self {
        case .anything: "anything"
        case .boolean: "true or false"
        case .string, .text: "a text"
        case .array: "an array"
        case .object, .closed: "an object"
        case .either(let shapes): shapes.map(\.words).joined(separator: " or ")
        }
    }
}
