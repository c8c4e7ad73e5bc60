extension POM {
    /// The most bytes a description may have.
    package static let maximumBytes = 4 << 20
    /// The most dependencies, managed dependencies, people, licences, modules and properties each.
    package static let maximumEntries = 5_000

    /// Reads a project description.
    ///
    /// Strict where readers would differ: model version 4.0.0, no element twice that may be there once, no DOCTYPE. Elements
    /// that Maven does not know are passed over, as it does with projects from a repository. Names with a prefix are other
    /// names, for Maven knows no namespaces.
    /// - Throws: ``POMFault``.
    package static func parse(_ bytes: [UInt8]) throws(POMFault) -> POM {
        let root: XMLElement
        do throws(XMLViolation) {
            root = try XMLElement.parse(bytes, limits: XMLLimits(bytes: maximumBytes))
        } catch {
            throw .xml(error)
        }
        guard root.name == "project" else { throw .notAProject(root: root.name) }
        let reader = try POMReader(root)
        let model = reader.text("modelVersion")
        guard model == "4.0.0" else { throw .modelVersion(model) }
        return try reader.pom()
    }
}

/// Takes what is needed out of one element of a project description, in which no child is there twice.
struct POMReader {
    private let element: XMLElement

    /// Wraps an element.
    /// - Throws: ``POMFault/duplicate(element:)``.
    init(_ element: XMLElement) throws(POMFault) {
        var seen: Set<String> = []
        for child in element.children where !seen.insert(child.name).inserted {
            throw .duplicate(element: child.name)
        }
        self.element = element
    }

    /// The text of a child, without white space at both ends; nil where nothing is there.
    func text(_ name: String) -> String? { element[name]?.value }

    /// The whole description.
    func pom() throws(POMFault) -> POM {
        let parent = try parent()
        guard let groupID = text("groupId") ?? parent?.groupID else { throw .missing(element: "groupId") }
        let artifactID = try required("artifactId")
        guard let version = text("version") ?? parent?.version else { throw .missing(element: "version") }
        var pom = POM(groupID: groupID, artifactID: artifactID, version: version)
        pom.parent = parent
        pom.packaging = text("packaging") ?? pom.packaging
        pom.name = text("name")
        pom.description = text("description")
        pom.url = text("url")
        pom.organization = try child("organization")?.text("name")
        for license in try list("licenses", of: "license") {
            pom.licenses.append(POM.License(name: license.text("name"), url: license.text("url")))
        }
        pom.developers = try people("developers", of: "developer")
        pom.contributors = try people("contributors", of: "contributor")
        if let scm = try child("scm") {
            pom.sourceControl = POM.SourceControl(
                connection: scm.text("connection"), developerConnection: scm.text("developerConnection"),
                url: scm.text("url"), tag: scm.text("tag"))
        }
        pom.dependencies = try dependencies()
        pom.managedDependencies = try child("dependencyManagement")?.dependencies() ?? []
        pom.modules = try texts("modules", of: "module")
        pom.relocation = try child("distributionManagement")?.relocation()
        pom.properties = try properties()
        return pom
    }

    private func required(_ name: String) throws(POMFault) -> String {
        guard let text = text(name) else { throw .missing(element: name) }
        return text
    }

    private func child(_ name: String) throws(POMFault) -> POMReader? {
        guard let child = element[name] else { return nil }
        return try POMReader(child)
    }

    /// The elements of a list, each of which is read by itself.
    private func list(_ name: String, of item: String) throws(POMFault) -> [POMReader] {
        let items = element[name]?.all(item) ?? []
        guard items.count <= POM.maximumEntries else { throw .tooMany(element: name, limit: POM.maximumEntries) }
        var readers: [POMReader] = []
        for item in items { readers.append(try POMReader(item)) }
        return readers
    }

    private func texts(_ name: String, of item: String) throws(POMFault) -> [String] {
        let items = element[name]?.all(item) ?? []
        guard items.count <= POM.maximumEntries else { throw .tooMany(element: name, limit: POM.maximumEntries) }
        return items.compactMap(\.value)
    }

    private func parent() throws(POMFault) -> POM.Reference? {
        guard let parent = try child("parent") else { return nil }
        return POM.Reference(
            groupID: try parent.required("groupId"), artifactID: try parent.required("artifactId"),
            version: try parent.required("version"))
    }

    private func people(_ name: String, of item: String) throws(POMFault) -> [POM.Person] {
        try list(name, of: item).map { person in
            POM.Person(
                id: person.text("id"), name: person.text("name"), email: person.text("email"),
                organization: person.text("organization"))
        }
    }

    private func dependencies() throws(POMFault) -> [POMDependency] {
        var found: [POMDependency] = []
        for reader in try list("dependencies", of: "dependency") { found.append(try reader.dependency()) }
        return found
    }

    private func dependency() throws(POMFault) -> POMDependency {
        var exclusions: [POMDependency.Exclusion] = []
        for exclusion in try list("exclusions", of: "exclusion") {
            exclusions.append(
                POMDependency.Exclusion(
                    groupID: try exclusion.required("groupId"), artifactID: try exclusion.required("artifactId")))
        }
        return POMDependency(
            groupID: try required("groupId"), artifactID: try required("artifactId"), version: text("version"),
            type: text("type") ?? "jar", classifier: text("classifier"), scope: text("scope"),
            isOptional: text("optional")?.lowercased() == "true", exclusions: exclusions)
    }

    private func relocation() throws(POMFault) -> POM.Relocation? {
        guard let relocation = try child("relocation") else { return nil }
        return POM.Relocation(
            groupID: relocation.text("groupId"), artifactID: relocation.text("artifactId"),
            version: relocation.text("version"), message: relocation.text("message"))
    }

    /// The properties; of one that is there twice the last counts, as in Maven.
    private func properties() throws(POMFault) -> [String: String] {
        let items = element["properties"]?.children ?? []
        guard items.count <= POM.maximumEntries else {
            throw .tooMany(element: "properties", limit: POM.maximumEntries)
        }
        return Dictionary(items.map { ($0.name, String($0.text.trimmed)) }, uniquingKeysWith: { $1 })
    }
}
