import Formats
import RegistryModel

/// Turns a project description into the neutral manifest and the release's document.
enum MavenDescription {
    /// Fills in what every ecosystem's manifest has.
    static func describe(_ manifest: inout Manifest, _ pom: POM) {
        func resolved(_ text: String?) -> String? { text.map { pom.resolve($0) } }
        manifest.summary = PlainText.oneLine(resolved(pom.description ?? pom.name))
        let licenses = pom.licenses.compactMap { PlainText.oneLine(resolved($0.name), limit: 500) }
        manifest.license = licenses.isEmpty ? nil : licenses.joined(separator: ", ")
        manifest.homepage = PlainText.webAddress(resolved(pom.url))
        manifest.repository = repository(pom)
        manifest.authors = pom.developers.prefix(100)
            .compactMap { PlainText.oneLine(resolved($0.name ?? $0.id), limit: 200) }
        manifest.dependencies = dependencies(pom)
        if let relocation = pom.relocation {
            let target = [relocation.groupID, relocation.artifactID, relocation.version].compactMap { $0 }
            manifest.warnings.append("This artifact has moved to \(Problem.excerpt(target.joined(separator: ":"))).")
        }
    }

    /// What pages and metadata need of a release beside its files.
    static func document(_ deployment: MavenDeployment) -> JSONValue {
        let pom = deployment.pom
        let parent = pom.parent.map { JSONValue.string("\($0.groupID):\($0.artifactID):\($0.version)") }
        let relocation = pom.relocation.map { relocation in
            JSONValue.compactObject([
                ("groupId", relocation.groupID.map(JSONValue.string)),
                ("artifactId", relocation.artifactID.map(JSONValue.string)),
                ("version", relocation.version.map(JSONValue.string)),
                ("message", PlainText.oneLine(relocation.message).map(JSONValue.string)),
            ])
        }
        return .compactObject([
            ("packaging", .string(pom.packaging)), ("name", PlainText.oneLine(pom.name).map(JSONValue.string)),
            ("parent", parent), ("relocation", relocation),
            ("missing", .strings(MavenRequirement.missing(deployment).map(\.sentence))),
        ])
    }

    /// What is kept of one file.
    static func file(_ item: MavenDeployment.Item) -> ManifestFile {
        let classifier = item.file.classifier
        let kind: String
        if item.signature != nil {
            kind = "signature"
        } else if let classifier, ["sources", "javadoc"].contains(classifier), item.file.extension == "jar" {
            kind = classifier
        } else {
            kind = String(item.file.extension.prefix(40))
        }
        return ManifestFile(
            name: item.received.name, kind: kind,
            document: .compactObject([
                ("extension", .string(item.file.extension)), ("classifier", classifier.map(JSONValue.string)),
                ("signature", item.signature.map { .string($0.rawValue) }),
            ]))
    }

    /// The dependencies; versions come from this file's own management where they are not beside them.
    private static func dependencies(_ pom: POM) -> [Dependency] {
        var managed: [String: POMDependency] = [:]
        for dependency in pom.managedDependencies {
            managed["\(pom.resolve(dependency.groupID)):\(pom.resolve(dependency.artifactID))"] = dependency
        }
        return pom.dependencies.map { dependency in
            let name = "\(pom.resolve(dependency.groupID)):\(pom.resolve(dependency.artifactID))"
            let scope = dependency.scope ?? managed[name]?.scope ?? "compile"
            let kinds = ["compile": "runtime", "runtime": "runtime", "test": "dev"]
            return Dependency(
                ecosystem: Maven.ecosystem, name: name, nameKey: MavenNames.isValid(name) ? name.lowercased() : "",
                requirement: pom.resolve(dependency.version ?? managed[name]?.version ?? ""),
                kind: kinds[scope] ?? String(scope.prefix(40)), isOptional: dependency.isOptional)
        }
    }

    /// The address people look at, or the one of a connection such as `scm:git:https://…`.
    private static func repository(_ pom: POM) -> String? {
        guard let scm = pom.sourceControl else { return nil }
        if let url = PlainText.webAddress(scm.url.map { pom.resolve($0) }) { return url }
        let connection = (scm.connection ?? scm.developerConnection).map { pom.resolve($0) }
        return PlainText.webAddress(connection?.split(separator: ":", maxSplits: 2).last.map(String.init))
    }
}
