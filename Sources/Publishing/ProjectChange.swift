import Formats
import Persistence
import RegistryModel
import Versioning

/// What every change of a project does inside its transaction: revision, lists and search, event, outbox, announcement.
struct ProjectChange {
    let core: RegistryCore
    let connection: any SQLConnection
    let at: Timestamp

    /// Raises the revision, works out anew what lists and search show, and tells the other nodes.
    func finish(_ project: Project, addedBytes: Int64 = 0) throws {
        let changed = try ProjectStore(connection).touch(project.id, at: at, addedBytes: addedBytes)
        try refresh(changed ?? project)
        try ChangeAnnouncement(connection).announce(project.coordinates)
    }

    /// Writes the event and the work that follows from it.
    ///
    /// Fewer people may see it than see the project, where `visibility` says so.
    func record(
        _ kind: String, _ project: Project, by principal: Principal, _ details: [(String, JSONValue)],
        visibility: Visibility? = nil
    ) throws {
        let subject: [(String, JSONValue)] = [
            ("ecosystem", .string(project.ecosystem.rawValue)), ("project", .string(project.name.display)),
        ]
        let event = Event.make(
            id: core.ids.next(), kind: kind, at: at, actor: principal.userName, via: principal.kind,
            projectID: project.id, visibility: project.visibility.narrowed(to: visibility), details: subject + details)
        let events = EventStore(connection)
        try events.insert(event)
        try events.enqueue(id: core.ids.next(), topic: "event", eventID: event.id, at: at)
    }

    /// The newest live version: the one tagged `latest`, else the highest stable one, else the highest.
    private func refresh(_ project: Project) throws {
        let versions = try ReleaseStore(connection).versions(project.id, states: [.live])
        guard let format = core.formats[project.ecosystem], let newest = versions.map(\.publishedAt).max() else {
            try ProjectStore(connection).setLatest(
                project.id, version: nil, publishedAt: nil, summary: nil, keywords: [])
            try SearchIndex(connection).remove(projectID: project.id)
            return
        }
        let tagged = try ProjectStore(connection).tags(project.id)["latest"]
        let latest = versions.first { $0.version.display == tagged } ?? Self.highest(versions, format)
        guard let latest, let found = try ReleaseStore(connection).details(latest.id) else { return }
        let details = ReleaseDetails(details: found, readme: nil, dependencies: [])
        try ProjectStore(connection).setLatest(
            project.id, version: latest.version.display, publishedAt: newest, summary: details.summary,
            keywords: details.keywords)
        guard project.status != .quarantined else { return try SearchIndex(connection).remove(projectID: project.id) }
        try SearchIndex(connection).put(
            SearchEntry(project, summary: details.summary ?? "", keywords: details.keywords, connection))
    }

    private static func highest(_ versions: [ReleaseSummary], _ format: any PackageFormat) -> ReleaseSummary? {
        let scheme = format.versions
        let stable = versions.filter { !scheme.isPrerelease($0.version.display) }
        return (stable.isEmpty ? versions : stable).max { one, other in
            let order = scheme.compare(one.version.display, other.version.display)
            return order != 0 ? order < 0 : one.publishedAt < other.publishedAt
        }
    }
}
