package import Ecosystems
import RegistryModel

/// How each client is used with this registry.
package struct HelpPage: PageContent {
    package static let template = "help"

    /// One ecosystem.
    package struct Ecosystem: Sendable {
        let id: String
        let name: String
        let address: String
        let clients: [Client]
    }

    /// One client.
    package struct Client: Sendable {
        let anchor: String
        let title: String
        let steps: [Step]
    }

    /// One step.
    package struct Step: Sendable {
        let text: String
        let file: String?
        let code: String
    }

    package let frame: PageFrame
    let ecosystems: [Ecosystem]

    /// Describes the page.
    package init(presentations: [EcosystemPresentation], publicURL: String) {
        frame = PageFrame(
            title: "Use this registry", publicURL: publicURL, canonicalPath: "/help", section: .help)
        ecosystems = presentations.map { presentation in
            Ecosystem(
                id: presentation.id.rawValue, name: presentation.displayName, address: publicURL + presentation.path,
                clients: presentation.guides(publicURL).enumerated().map { index, guide in
                    Client(
                        anchor: "\(presentation.id.rawValue)-\(index + 1)", title: guide.title,
                        steps: guide.steps.map { Step(text: $0.text, file: $0.file, code: $0.code) })
                })
        }
    }
}
