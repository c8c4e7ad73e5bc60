import RegistryModel

/// What the package document of a publish asks for.
struct NPMPublishRequest {
    let name: String
    let version: String
    /// The version's document, as the client has it.
    let claim: JSONValue
    let tags: [String]
    /// Whether only people with a role on the package may read it.
    let isRestricted: Bool

    /// Reads a document: exactly one version, and tags that all name it.
    /// - Throws: `Problem`.
    init(_ root: JSONValue, name: String) throws(Problem) {
        guard root["name"]?.stringValue == name else {
            throw Problem(.nameMismatch, "The body is of another package than the address, '\(name)'.")
        }
        guard let versions = root["versions"]?.members, versions.count == 1, versions[0].value.members != nil else {
            throw Problem(.badRequest, "A publish has exactly one version.")
        }
        let version = versions[0].name
        let tags = root["dist-tags"]?.members ?? []
        guard (1...16).contains(tags.count), tags.allSatisfy({ $0.value.stringValue == version }) else {
            throw Problem(.tagInvalid, "A publish has a distribution tag that names its version.")
        }
        for tag in tags { try NPMTag.check(tag.name) }
        switch root["access"] {
        case nil, .null, "public": isRestricted = false
        case "restricted", "private": isRestricted = true
        default: throw Problem(.badRequest, "The access of a package is public or restricted.")
        }
        self.name = name
        self.version = version
        self.tags = tags.map(\.name)
        claim = versions[0].value
    }
}
