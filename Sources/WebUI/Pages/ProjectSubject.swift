package import Ecosystems
package import RegistryModel
package import Versioning

/// The project, the version and the tab that a project page is about.
package struct ProjectSubject: Sendable {
    package let history: ProjectHistory
    /// The version shown: the one asked for, or the newest.
    package let release: Release
    /// Whether the reader asked for this version by name.
    package let isPinned: Bool
    package let tab: ProjectTab
    package let presentation: EcosystemPresentation
    package let publicURL: String
    /// The newest events, where somebody should hear who did what to this project or version.
    package let events: [EventLine]
    /// What is to be said of the namespace that the project's name lies in.
    package let namespace: StateMark?

    /// Collects the values.
    package init(
        history: ProjectHistory, release: Release, isPinned: Bool, tab: ProjectTab,
        presentation: EcosystemPresentation, publicURL: String, events: [EventLine] = [],
        namespace: StateMark? = nil
    ) {
        self.history = history
        self.release = release
        self.isPinned = isPinned
        self.tab = tab
        self.presentation = presentation
        self.publicURL = publicURL
        self.events = events
        self.namespace = namespace
    }

    /// The release that a page about `version` shows: by its spelling, or by an equal one; without a version the newest.
    ///
    /// The newest is the one that the project's row calls so, otherwise the highest. Of a branch, whose builds are called by
    /// it and a reference behind `#`, it is the last.
    package static func release(
        _ version: String?, in history: ProjectHistory, scheme: any VersionScheme
    ) -> Release? {
        if let version {
            let key = scheme.canonical(version)
            return history.releases.first { $0.version.display == version }
                ?? history.releases.first { $0.version.key == key }
                ?? history.releases.last { $0.version.display.hasPrefix(version + "#") }
        }
        return history.releases.last { $0.version.display == history.project.latestVersion }
            ?? history.releases.max { scheme.compare($0.version.display, $1.version.display) < 0 }
    }

    package var project: Project { history.project }
    package var name: String { project.name.display }
    package var version: String { release.version.display }
    package var isPublic: Bool { project.visibility == .public }

    /// The address of a tab of this page; tabs of a version keep a version that was asked for.
    package func path(_ tab: ProjectTab) -> String {
        ProjectPath.path(project.ecosystem, name, version: isPinned && tab.isOfVersion ? version : nil, tab: tab)
    }

    /// The address of another version.
    package func path(version: String, tab: ProjectTab = .readme) -> String {
        ProjectPath.path(project.ecosystem, name, version: version, tab: tab)
    }

    func frame(_ title: String, summary: String? = nil) -> PageFrame {
        PageFrame(
            title: title, publicURL: publicURL, summary: summary, canonicalPath: path(tab), isIndexed: isPublic)
    }
}

extension Release {
    /// How it was published, where that is not the usual way.
    var publisherNote: String? {
        switch publisherKind {
        case .operatorToken: "token issued by the operator"
        case .commandLine: "by the operator, on the command line"
        case .trustedPublisher: "by a trusted publisher"
        case .token, .session: nil
        }
    }
}
