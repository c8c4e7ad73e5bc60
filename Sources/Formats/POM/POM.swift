/// A project description as Maven reads it ([reference](https://maven.apache.org/pom.html)), of which only the parts that a
/// repository needs are kept.
///
/// Values stand as they were written, without white space at both ends; ``resolve(_:)`` replaces what can be replaced in
/// them. What a parent would add beyond group and version is not here: parents are other files.
package struct POM: Sendable {
    /// Group, artifact and version of another project.
    package struct Reference: Hashable, Sendable {
        package let groupID: String
        package let artifactID: String
        package let version: String
    }

    /// A licence.
    package struct License: Hashable, Sendable {
        package let name: String?
        package let url: String?
    }

    /// A developer or contributor.
    package struct Person: Hashable, Sendable {
        package let id: String?
        package let name: String?
        package let email: String?
        package let organization: String?
    }

    /// Where the sources are kept.
    package struct SourceControl: Hashable, Sendable {
        package let connection: String?
        package let developerConnection: String?
        package let url: String?
        package let tag: String?
    }

    /// Where a project has moved; parts that are missing stay the same.
    package struct Relocation: Hashable, Sendable {
        package let groupID: String?
        package let artifactID: String?
        package let version: String?
        package let message: String?
    }

    package internal(set) var parent: Reference?
    /// The project's own, or its parent's where it has none.
    package let groupID: String
    package let artifactID: String
    /// The project's own, or its parent's where it has none.
    package let version: String
    /// `jar` where nothing is written.
    package internal(set) var packaging = "jar"
    package internal(set) var name: String?
    package internal(set) var description: String?
    package internal(set) var url: String?
    package internal(set) var organization: String?
    package internal(set) var licenses: [License] = []
    package internal(set) var developers: [Person] = []
    package internal(set) var contributors: [Person] = []
    package internal(set) var sourceControl: SourceControl?
    /// What an artifact of this project needs.
    package internal(set) var dependencies: [POMDependency] = []
    /// Versions and scopes for dependencies that name none, and lists of them to import.
    package internal(set) var managedDependencies: [POMDependency] = []
    /// The folders of the projects that are built together with it.
    package internal(set) var modules: [String] = []
    package internal(set) var relocation: Relocation?
    /// Its own properties by name.
    package internal(set) var properties: [String: String] = [:]

    /// Starts a description with what every project has.
    init(groupID: String, artifactID: String, version: String) {
        self.groupID = groupID
        self.artifactID = artifactID
        self.version = version
    }
}

extension POM {
    /// How long a text may get when properties are replaced in it.
    package static let maximumResolvedLength = 4096

    /// A text with every `${…}` replaced whose value is written in this file; others are left as they are.
    ///
    /// Properties may use one another. One that leads back to itself is left alone, and so is a text that would get longer
    /// than ``maximumResolvedLength``.
    package func resolve(_ text: String) -> String {
        guard text.contains("${") else { return text }
        var resolution = Resolution(pom: self)
        return resolution.resolve(text[...]) ?? text
    }

    /// The value of one expression: the project's own with a prefix, then properties, then the project's own without one.
    fileprivate func value(of expression: String) -> String? {
        for prefix in ["project.", "pom."] where expression.hasPrefix(prefix) {
            if let value = field(expression.dropFirst(prefix.count)) { return value }
        }
        return properties[expression] ?? field(expression[...])
    }

    private func field(_ name: Substring) -> String? {
        switch name {
        case "groupId": groupID
        case "artifactId": artifactID
        case "version": version
        case "packaging": packaging
        case "name": self.name
        case "description": description
        case "url": url
        case "parent.groupId": parent?.groupID
        case "parent.artifactId": parent?.artifactID
        case "parent.version": parent?.version
        default: nil
        }
    }

    /// One replacement, with a budget so that properties that multiply each other end.
    private struct Resolution {
        let pom: POM
        var open: [String] = []
        var budget = 1_000

        init(pom: POM) {
            self.pom = pom
        }

        mutating func resolve(_ text: Substring) -> String? {
            var out = ""
            var rest = text
            while let start = rest.firstRange(of: "${") {
                guard let end = rest[start.upperBound...].firstIndex(of: "}") else { break }
                out += rest[..<start.lowerBound]
                let name = String(rest[start.upperBound..<end])
                guard let value = replacement(name) else { return nil }
                out += value
                rest = rest[rest.index(after: end)...]
                guard out.utf8.count <= maximumResolvedLength else { return nil }
            }
            out += rest
            return out.utf8.count <= maximumResolvedLength ? out : nil
        }

        /// The value, the expression itself where it has none, or nil where the budget is spent.
        private mutating func replacement(_ name: String) -> String? {
            budget -= 1
            guard budget > 0 else { return nil }
            guard open.count < 32, !open.contains(name), let value = pom.value(of: name) else { return "${\(name)}" }
            open.append(name)
            defer { open.removeLast() }
            return resolve(value[...])
        }
    }
}
