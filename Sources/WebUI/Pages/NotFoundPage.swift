package import Ecosystems
package import RegistryModel

/// What is shown where there is nothing: what was looked for, a search, and names like it.
package struct NotFoundPage: PageContent {
    package static let template = "not-found"

    package let frame: PageFrame
    let heading: String
    let text: String
    let wanted: String
    let near: [ProjectLine]
    let hasNear: Bool

    /// Describes the page.
    ///
    /// `name` is the project's name that was asked for, nil where the address is none of a project; `detail` the refusal
    /// in its own words where it knows more; `near` are projects with names like it.
    package init(
        name: String?, detail: String? = nil, near: [Project] = [], presentations: [EcosystemPresentation],
        publicURL: String
    ) {
        frame = PageFrame(title: "Not found", publicURL: publicURL, isIndexed: false, hasSearch: false)
        heading = name.map { "There is no package “\($0)” here" } ?? "There is nothing at this address"
        text =
            detail
            ?? (name == nil
                ? "The address may be mistyped, or what was here has moved. A search may find it."
                : "It may be spelled differently, or not published to this registry. Whoever should see it may need to sign in.")
        wanted = name ?? ""
        self.near = near.map { ProjectLine($0, in: presentations) }
        hasNear = !near.isEmpty
    }

    /// Describes the page for a version that a project does not have.
    package init(version: String, of project: Project, presentations: [EcosystemPresentation], publicURL: String) {
        frame = PageFrame(title: "Not found", publicURL: publicURL, isIndexed: false, hasSearch: false)
        heading = "\(project.name.display) has no version “\(version)”"
        text = "It may be spelled differently, or it was removed. These are what there is:"
        wanted = project.name.display
        near = [ProjectLine(project, in: presentations)]
        hasNear = true
    }
}
