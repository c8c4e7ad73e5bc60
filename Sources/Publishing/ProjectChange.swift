import Formats
import Persistence
import RegistryModel
import Versioning

/// What every change of a project does inside its transaction: revision, lists and search, event, outbox, announcement.
struct ProjectChange {
    let core: RegistryCore
    let connection: any SQLConnection
    let at: Timestamp

    /// Raises the revision, works out what lists and search show, and tells the other nodes.
    /// - Parameters:
    ///   - project: The project as it was read in this transaction.
    ///   - addedBytes: How many more bytes it has.
    ///   - published: The release that was published, or got another file, where that and its tags are all that happened;
    ///     nil where anything else may have.
    /// - Throws: `SQLFault`.
    func finish(_ project: Project, addedBytes: Int64 = 0, published: ReleaseSummary? = nil) throws {
        let changed = try ProjectStore(connection).touch(project.id, at: at, addedBytes: addedBytes) ?? project
        if let published { try advance(changed, published) } else { try refresh(changed) }
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

    /// Works out what is shown from all there is.
    private func refresh(_ project: Project) throws {
        let versions = try ReleaseStore(connection).versions(project.id, states: [.live])
        guard let format = core.formats[project.ecosystem], let newest = versions.map(\.publishedAt).max() else {
            try ProjectStore(connection).setLatest(
                project.id, version: nil, publishedAt: nil, summary: nil, keywords: [])
            try SearchIndex(connection).remove(projectID: project.id)
            return
        }
        let tagged = try ReleaseStore(connection).tagged("latest", projectID: project.id)
        guard let latest = Self.latest(of: versions, tagged: tagged?.id, format) else { return }
        try show(latest, newest: newest, of: project)
    }

    /// The same after a publish, from what is shown already: it can only have been overtaken by what was published.
    ///
    /// So a project with thousands of releases takes the next one as fast as its first.
    private func advance(_ project: Project, _ published: ReleaseSummary) throws {
        // Of what is held, readers see nothing.
        guard published.state == .live else { return }
        let releases = ReleaseStore(connection)
        guard let format = core.formats[project.ecosystem], let version = project.latestVersion,
            let key = try? format.version(version).key,
            let shown = try releases.summary(projectID: project.id, versionKey: key),
            shown.version.display == version, shown.state == .live,
            let newest = try ProjectStore(connection).latestPublishedAt(project.id)
        else { return try refresh(project) }
        var latest = try releases.tagged("latest", projectID: project.id)
        if latest?.state != .live { latest = Self.highest([shown, published], format) }
        guard let latest else { return }
        try show(latest, newest: max(newest, published.publishedAt), of: project)
    }

    private func show(_ latest: ReleaseSummary, newest: Timestamp, of project: Project) throws {
        guard let found = try ReleaseStore(connection).details(latest.id) else { return }
        let details = ReleaseDetails(details: found, readme: nil, dependencies: [])
        try ProjectStore(connection).setLatest(
            project.id, version: latest.version.display, publishedAt: newest, summary: details.summary,
            keywords: details.keywords)
        guard project.status != .quarantined else { return try SearchIndex(connection).remove(projectID: project.id) }
        try SearchIndex(connection).put(
            SearchEntry(project, summary: details.summary ?? "", keywords: details.keywords, connection))
    }

    /// The version to show: the one tagged `latest`, else the highest stable one, else the highest.
    /// - Parameters:
    ///   - live: All live releases of a project.
    ///   - tagged: The release that is tagged.
    ///   - format: The project's format.
    /// - Returns: One of them; nil where there is none.
    static func latest(of live: [ReleaseSummary], tagged: Int64?, _ format: any PackageFormat) -> ReleaseSummary? {
        live.first { $0.id == tagged } ?? highest(live, format)
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
