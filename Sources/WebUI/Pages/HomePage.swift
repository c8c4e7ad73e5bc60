package import Ecosystems
import RegistryModel

/// The first page: search, the newest releases, and where to begin.
package struct HomePage: PageContent {
    package static let template = "home"

    /// An ecosystem to choose and to read about.
    package struct Door: Sendable {
        let id: String
        let name: String
        let clients: String
    }

    package let frame: PageFrame
    package let ecosystems: [Door]
    package let hasReleases: Bool
    package let newest: [ProjectLine]
    /// What the last assessment found, in one line; nil where there was none.
    package let security: String?

    /// Describes the page.
    package init(
        newest: [ProjectLine], security: String? = nil, presentations: [EcosystemPresentation], publicURL: String
    ) {
        self.security = security
        frame = PageFrame(
            title: "", publicURL: publicURL,
            summary: "Packages for \(presentations.map(\.displayName).joined(separator: ", ")).", canonicalPath: "/",
            hasSearch: false)
        ecosystems = presentations.map {
            Door(id: $0.id.rawValue, name: $0.displayName, clients: $0.clients.joined(separator: ", "))
        }
        self.newest = newest
        hasReleases = !newest.isEmpty
    }
}
