import Ecosystems
import RegistryModel
import Versioning

/// The second tab: every version, the highest first.
package struct VersionsPage: PageContent {
    package static let template = "project-versions"
    /// How many versions a page shows.
    package static let size = 100

    /// One version.
    package struct Row: Sendable {
        let version: String
        let href: String
        let tags: [String]
        let date: DateView
        let publisher: String
        let publisherNote: String?
        let states: [StateMark]
        let fileCount: String
        let filesHref: String
    }

    package let frame: PageFrame
    let head: ProjectHead
    let versions: [Row]
    let pager: Pager?

    /// Describes one page of the list; pages are counted from 1.
    package init(_ subject: ProjectSubject, page: Int = 1) {
        let scheme = subject.presentation.versions
        let tags = Dictionary(grouping: subject.history.tags.keys.sorted()) { subject.history.tags[$0] ?? "" }
        let sorted = subject.history.releases.sorted { one, other in
            let order = scheme.compare(one.version.display, other.version.display)
            return order != 0 ? order > 0 : one.publishedAt > other.publishedAt
        }
        head = ProjectHead(subject, summary: nil)
        frame = subject.frame("Versions of \(subject.name)")
        versions = sorted.dropFirst((page - 1) * Self.size).prefix(Self.size).map { release in
            let version = release.version.display
            return Row(
                version: version, href: subject.path(version: version), tags: tags[version] ?? [],
                date: DateView(release.publishedAt), publisher: release.publisher,
                publisherNote: release.publisherNote,
                states: StateMark.marks(of: release, isPrerelease: scheme.isPrerelease(version)),
                fileCount: Quantity.count(Int64(release.files.count)),
                filesHref: subject.path(version: version, tab: .files))
        }
        pager = Pager.of(sorted.count, size: Self.size, page: page) {
            subject.path(.versions) + ($0 > 1 ? "?page=\($0)" : "")
        }
    }
}
