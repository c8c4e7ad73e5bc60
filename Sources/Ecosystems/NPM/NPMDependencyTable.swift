import RegistryModel
import Versioning

/// Reads the dependency members of a `package.json`.
enum NPMDependencyTable {
    /// One member: a name and what is asked of it.
    struct Entry: Hashable {
        let name: String
        let spec: String
    }

    /// The entries in their order, or nil where the member is missing or of no use.
    ///
    /// Ancient files have a text or an array of `name@spec`, which npm still converts. Members that are no texts are
    /// dropped, as npm drops them, and so is `//`, which people use for comments.
    static func entries(_ value: JSONValue?) -> [Entry]? {
        switch value {
        case .object(let members):
            return members.compactMap { member in
                guard member.name != "//", let spec = member.value.stringValue else { return nil }
                return Entry(name: member.name, spec: spec)
            }
        case .array(let elements):
            return elements.compactMap(\.stringValue).compactMap(legacy)
        case .string(let text):
            return text.split { $0 == "," || $0.isWhitespace }.compactMap { legacy(String($0)) }
        default:
            return nil
        }
    }

    private static func legacy(_ text: String) -> Entry? {
        let text = text.trimmed
        guard !text.isEmpty else { return nil }
        guard let end = text.firstIndex(where: { "@<>=".contains($0) || $0.isWhitespace }) else {
            return Entry(name: text, spec: "")
        }
        let spec = text[end...].trimmed
        return Entry(name: String(text[..<end]), spec: spec.hasPrefix("@") ? String(spec.dropFirst()) : spec)
    }

    /// One spelling for specs that npm rewrites into one another.
    static func canonical(_ spec: String) -> String {
        let spec = spec.trimmed
        return NPMHostedGit(spec)?.canonical ?? spec
    }

    /// A declaration as the index of dependents keeps it.
    ///
    /// An alias (`npm:other@^1`) depends on the package that it names. What is not looked up in a registry (a URL, a
    /// repository, a path) has an empty name key, so that nobody appears as its dependent.
    static func dependency(_ entry: Entry, kind: String, isOptional: Bool, ecosystem: EcosystemID) -> Dependency {
        var name = entry.name
        var requirement = entry.spec.trimmed
        if requirement.hasPrefix("npm:") {
            let target = requirement.dropFirst(4)
            let at = target.dropFirst().firstIndex(of: "@")
            name = at.map { String(target[..<$0]) } ?? String(target)
            requirement = at.map { String(target[target.index(after: $0)...]) } ?? ""
        }
        let isLookedUp = NPMRange(requirement) != nil || !requirement.contains { "/:\\".contains($0) }
        return Dependency(
            ecosystem: ecosystem, name: name, nameKey: isLookedUp ? name.lowercased() : "", requirement: requirement,
            kind: kind, isOptional: isOptional)
    }
}
