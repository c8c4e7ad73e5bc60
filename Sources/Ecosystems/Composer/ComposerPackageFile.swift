import Formats
import RegistryModel
import Versioning

/// A composer.json, held against its schema ([documentation](https://getcomposer.org/doc/04-schema.md)).
struct ComposerPackageFile {
    /// A link to another package.
    struct Link: Hashable {
        let name: String
        let constraint: String
    }

    /// The file as it is.
    let document: JSONValue
    /// In lower case, as the schema demands.
    let name: String
    /// The version it states, which it rarely does: most take it from a tag.
    let version: String?

    /// The most bytes a file may have.
    static let maximumBytes = 1 << 20
    /// The most links of all kinds together.
    static let maximumLinks = 5_000

    /// The members that hold links whose values are constraints.
    static let linkTables = ["require", "require-dev", "conflict", "replace", "provide"]

    /// Reads a file.
    /// - Throws: `Problem` with ``Problem/Code/metadataInvalid``, naming the member that is wrong.
    init(_ bytes: [UInt8]) throws(Problem) {
        do throws(JSONViolation) {
            document = try JSONValue.parse(bytes, maximumBytes: Self.maximumBytes)
        } catch {
            throw Self.invalid(Self.reason(error))
        }
        if let violation = ComposerSchema.package.violation(document, at: "") {
            throw Self.invalid(violation == "'' must be an object" ? "it is not an object" : violation)
        }
        name = document["name"]?.stringValue ?? ""
        version = document["version"]?.stringValue
        try checkLinks()
    }

    /// The links of one kind in the order of the file.
    func links(_ table: String) -> [Link] {
        (document[table]?.members ?? []).map { Link(name: $0.name, constraint: $0.value.stringValue ?? "") }
    }

    /// A member that may be one text or several.
    func texts(_ member: String) -> [String] {
        if let text = document[member]?.stringValue { return [text] }
        return document[member]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// A refusal of the file.
    static func invalid(_ reason: String) -> Problem {
        Problem(.metadataInvalid, "composer.json cannot be accepted: \(reason).")
    }

    /// Every link must name a package that can exist and ask for versions that can be found out.
    private func checkLinks() throws(Problem) {
        var count = 0
        for table in Self.linkTables {
            for link in links(table) {
                count += 1
                guard count <= Self.maximumLinks else {
                    throw Self.invalid("it has more than \(Self.maximumLinks) links")
                }
                let label = "'\(Problem.excerpt(link.name, limit: 80))' in '\(table)'"
                guard ComposerNames.isValid(link.name.lowercased()) || ComposerNames.isPlatform(link.name) else {
                    throw Self.invalid("\(label) is not a package name")
                }
                guard link.constraint == "self.version" || ComposerConstraint(link.constraint) != nil else {
                    throw Self.invalid(
                        "\(label) asks for '\(Problem.excerpt(link.constraint, limit: 80))', which is no version "
                            + "constraint")
                }
            }
        }
    }

    private static func reason(_ violation: JSONViolation) -> String {
        switch violation {
        case .duplicateMember(let name): "it has the member '\(Problem.excerpt(name, limit: 80))' twice"
        case .tooLarge(let limit): "it is larger than \(limit) bytes"
        case .tooDeep: "it is nested too deeply"
        case .nullCharacter: "it contains a NUL character"
        case .syntax(let offset): "it is not JSON at byte \(offset)"
        }
    }
}
