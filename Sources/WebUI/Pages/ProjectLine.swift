package import Ecosystems
package import RegistryModel

/// A project in a list.
package struct ProjectLine: Sendable {
    /// The ecosystem's name.
    package let ecosystem: String
    package let name: String
    package let href: String
    package let version: String?
    package let summary: String?
    package let date: DateView?

    /// Describes a project.
    package init(_ project: Project, in presentations: [EcosystemPresentation], date: Timestamp? = nil) {
        ecosystem = presentations.name(of: project.ecosystem)
        name = project.name.display
        href = ProjectPath.path(project.ecosystem, project.name.display)
        version = project.latestVersion
        summary = project.summary.flatMap { $0.isEmpty ? nil : $0 }
        self.date = date.map(DateView.init)
    }
}

extension [EcosystemPresentation] {
    /// The name of an ecosystem for people; its id where it is none of these.
    func name(of id: EcosystemID) -> String {
        first { $0.id == id }?.displayName ?? id.rawValue
    }
}
