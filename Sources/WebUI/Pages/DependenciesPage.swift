package import Ecosystems
package import RegistryModel

/// The third tab: what a version depends on, and what depends on the project.
package struct DependenciesPage: PageContent {
    package static let template = "project-dependencies"
    /// How many declarations are shown.
    package static let limit = 500

    /// Declarations of one kind.
    package struct Group: Sendable {
        let title: String
        let count: String
        let rows: [Row]
    }

    /// One declaration.
    package struct Row: Sendable {
        let name: String
        let href: String
        let requirement: String?
        let isOptional: Bool
    }

    package let frame: PageFrame
    let head: ProjectHead
    let name: String
    let version: String
    let groups: [Group]
    let hasDependencies: Bool
    let moreText: String?
    let dependents: [ProjectLine]
    let hasDependents: Bool

    /// Describes the page.
    package init(
        _ subject: ProjectSubject, dependencies: [Dependency], dependents: [Project],
        presentations: [EcosystemPresentation]
    ) {
        head = ProjectHead(subject, summary: nil)
        frame = subject.frame("Dependencies of \(subject.name) \(subject.version)")
        name = subject.name
        version = subject.version
        groups = Self.groups(dependencies.prefix(Self.limit))
        hasDependencies = !dependencies.isEmpty
        let rest = dependencies.count - Self.limit
        moreText = rest > 0 ? "And \(Quantity.count(Int64(rest))) more, which the files declare." : nil
        self.dependents = dependents.map { ProjectLine($0, in: presentations) }
        hasDependents = !dependents.isEmpty
    }

    private static func groups(_ dependencies: some Sequence<Dependency>) -> [Group] {
        let byKind = Dictionary(grouping: dependencies, by: \.kind)
        return byKind.sorted { (rank($0.key), $0.key) < (rank($1.key), $1.key) }.map { kind, members in
            Group(
                title: title(kind), count: Quantity.count(Int64(members.count)),
                rows: members.sorted { $0.nameKey < $1.nameKey }.map { dependency in
                    Row(
                        name: dependency.name, href: ProjectPath.path(dependency.ecosystem, dependency.name),
                        requirement: dependency.requirement.isEmpty || dependency.requirement == "*"
                            ? nil : dependency.requirement,
                        isOptional: dependency.isOptional)
                })
        }
    }

    private static let kinds = ["runtime", "peer", "optional", "build", "dev"]

    private static func rank(_ kind: String) -> Int {
        kinds.firstIndex(of: kind) ?? (kind.hasPrefix("extra:") ? kinds.count : kinds.count + 1)
    }

    private static func title(_ kind: String) -> String {
        switch kind {
        case "runtime": "To run"
        case "peer": "Expected beside it"
        case "optional": "If available"
        case "build": "To build"
        case "dev": "To develop"
        case _ where kind.hasPrefix("extra:"): "With the extra “\(kind.dropFirst("extra:".count))”"
        default: kind
        }
    }
}
