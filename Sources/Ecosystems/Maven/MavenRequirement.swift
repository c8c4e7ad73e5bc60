import Formats
import RegistryModel

/// What Maven Central asks of a release ([requirements](https://central.sonatype.org/publish/requirements/)).
///
/// Which of them a repository here insists on is its policy; these are found all at once, so that a publisher sees the whole
/// list. Checksums and whose signatures they are is looked at elsewhere.
enum MavenRequirement: Hashable {
    case notASnapshot
    case projectName, description, url, license, developer, sourceControl
    case sources, javadoc
    case signature(file: String)
    /// A dependency whose version neither stands beside it nor in this file's management, or is still an expression.
    case dependencyVersion(name: String)
    /// A parent's or own coordinate that is an expression nobody can resolve.
    case expression(element: String, text: String)

    /// Everything that is missing, in a fixed order.
    ///
    /// `parents` are the descriptions that this one inherits from, as far as they are known, the nearest first: all but the
    /// name comes down from them.
    static func missing(_ deployment: MavenDeployment, parents: [POM] = []) -> [MavenRequirement] {
        let pom = deployment.pom
        let line = [pom] + parents
        var missing: [MavenRequirement] = []
        func require(_ isMet: Bool, _ requirement: MavenRequirement) {
            if !isMet { missing.append(requirement) }
        }
        require(!deployment.coordinates.isSnapshot, .notASnapshot)
        require(pom.name != nil, .projectName)
        require(line.contains { $0.description != nil }, .description)
        require(line.contains { $0.url != nil }, .url)
        require(line.contains { $0.licenses.contains { $0.name != nil || $0.url != nil } }, .license)
        require(line.contains { $0.developers.contains { $0.name != nil || $0.id != nil } }, .developer)
        require(line.contains { $0.sourceControl?.url != nil && $0.sourceControl?.connection != nil }, .sourceControl)
        if pom.packaging != "pom" {
            for (classifier, requirement) in [("sources", MavenRequirement.sources), ("javadoc", .javadoc)] {
                let isThere = deployment.items.contains {
                    $0.signature == nil && $0.file.classifier == classifier && $0.file.extension == "jar"
                }
                require(isThere, requirement)
            }
        }
        if let parent = pom.parent {
            for (element, text) in [("groupId", parent.groupID), ("version", parent.version)] {
                require(!text.contains("${"), .expression(element: "parent.\(element)", text: text))
            }
        }
        missing += dependencies(pom)
        let signed = Set(deployment.items.filter { $0.signature == .openPGP }.map { $0.file })
        for item in deployment.items where item.signature == nil {
            require(signed.contains(item.file), .signature(file: item.received.name))
        }
        return missing
    }

    private static func dependencies(_ pom: POM) -> [MavenRequirement] {
        // A parent, or a list that is imported, may give versions that are not in this file.
        guard pom.parent == nil, !pom.managedDependencies.contains(where: { $0.scope == "import" }) else { return [] }
        let managed = Set(pom.managedDependencies.filter { $0.version != nil }.map { "\($0.groupID):\($0.artifactID)" })
        return pom.dependencies.compactMap { dependency in
            let name = "\(dependency.groupID):\(dependency.artifactID)"
            let version = dependency.version.map { pom.resolve($0) }
            let isKnown = version.map { !$0.contains("${") } ?? managed.contains(name)
            return isKnown ? nil : .dependencyVersion(name: name)
        }
    }

    /// The part of the policy that asks for it; nil for what every release has to be.
    var demand: MavenPolicy.Demand? {
        switch self {
        case .notASnapshot: nil
        case .projectName, .description, .url, .license, .developer, .sourceControl: .metadata
        case .sources: .sources
        case .javadoc: .javadoc
        case .signature: .signatures
        case .dependencyVersion, .expression: .dependencies
        }
    }

    /// What to do, in one sentence.
    var sentence: String {
        switch self {
        case .notASnapshot: "Snapshots belong into the snapshot repository."
        case .projectName: "The POM has no <name>."
        case .description: "The POM has no <description>."
        case .url: "The POM has no <url>."
        case .license: "The POM names no license."
        case .developer: "The POM names no developer."
        case .sourceControl: "The POM has no <scm> with <url> and <connection>."
        case .sources: "The jar with the classifier 'sources' is missing."
        case .javadoc: "The jar with the classifier 'javadoc' is missing."
        case .signature(let file): "\(Problem.excerpt(file)) has no signature (\(Problem.excerpt(file)).asc)."
        case .dependencyVersion(let name): "The dependency \(Problem.excerpt(name)) has no version."
        case .expression(let element, let text):
            "<\(element)> is the expression '\(Problem.excerpt(text, limit: 80))', which nobody can resolve."
        }
    }
}
