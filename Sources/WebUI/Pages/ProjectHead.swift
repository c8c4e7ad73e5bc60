import Ecosystems
import RegistryModel
import Versioning

/// The head of every project page: name, marks, what to know before installing, and the tabs.
package struct ProjectHead: Sendable {
    /// One of the four marks: what, which, who, when.
    package struct Mark: Equatable, Sendable {
        /// The stylesheet's name for its shape.
        let shape: String
        let label: String
        let text: String
        let title: String?
        /// The machine's form where it is a date.
        let iso: String?
    }

    /// Something that a reader must know before installing.
    package struct Banner: Equatable, Sendable {
        let kind: String
        let icon: String
        let label: String
        let title: String
        let reason: String?
        let advice: String
        let href: String?
        let linkText: String?
    }

    /// One tab.
    package struct Tab: Equatable, Sendable {
        let label: String
        let href: String
        let isCurrent: Bool
        let count: String?
    }

    let ecosystem: String
    let name: String
    let summary: String?
    let visibility: StateMark?
    let namespace: StateMark?
    /// That much depends on it.
    let critical: StateMark?
    let marks: [Mark]
    let banners: [Banner]
    let tabs: [Tab]

    /// Describes the head of a page.
    package init(_ subject: ProjectSubject, summary: String?) {
        ecosystem = subject.presentation.displayName
        name = subject.name
        self.summary = (summary ?? subject.project.summary).flatMap { $0.isEmpty ? nil : $0 }
        visibility = StateMark(subject.project.visibility)
        namespace = subject.namespace
        critical = subject.project.critical.map { StateMark($0) }
        marks = Self.marks(subject)
        banners = Banner.all(for: subject)
        tabs = Self.tabs(subject)
    }

    private static func marks(_ subject: ProjectSubject) -> [Mark] {
        let release = subject.release
        let date = DateView(release.publishedAt)
        return [
            Mark(
                shape: "mark-office", label: "Ecosystem", text: subject.presentation.displayName, title: nil, iso: nil),
            Mark(
                shape: "mark-standard", label: subject.isPinned ? "Version" : "Newest version", text: subject.version,
                title: nil, iso: nil),
            Mark(
                shape: "mark-maker", label: "Published by", text: release.publisher, title: release.publisherNote,
                iso: nil),
            Mark(shape: "mark-date", label: "Published on", text: date.text, title: date.exact, iso: date.iso),
        ]
    }

    private static func tabs(_ subject: ProjectSubject) -> [Tab] {
        let counts: [ProjectTab: Int] = [
            .versions: subject.history.releases.count, .files: subject.release.files.count,
        ]
        let labels: [(ProjectTab, String)] = [
            (.readme, "Readme"), (.versions, "Versions"), (.dependencies, "Dependencies"), (.files, "Files"),
            (.history, "History"),
        ]
        return labels.map { tab, label in
            Tab(
                label: label, href: subject.path(tab), isCurrent: tab == subject.tab,
                count: counts[tab].map { Quantity.count(Int64($0)) })
        }
    }
}
