import Formats
import Persistence
import Publishing
import RegistryModel

/// One project and its releases, ready to be written.
struct GrowthSeries: Sendable {
    private let project: Project
    private let plan: GrowthProject
    private let versions: [ReleaseVersion]
    private let dependencies: [Dependency]
    private let owner: (id: Int64, name: String)
    private let first: Int
    private let last: Int
    private let readme: String

    /// Makes what all releases share.
    /// - Parameters:
    ///   - plan: The project.
    ///   - first: The number of its first release among all.
    ///   - last: That of its last.
    ///   - formats: What says how names and versions are compared.
    /// - Throws: `Problem` for a name or version that its format refuses.
    init(_ plan: GrowthProject, first: Int, last: Int, formats: [EcosystemID: any PackageFormat]) throws {
        guard let format = formats[plan.ecosystem] else { throw GrowthFault(ecosystem: plan.ecosystem.rawValue) }
        self.plan = plan
        self.first = first
        self.last = last
        let raw = plan.versions()
        versions = try raw.map(format.version)
        owner = GrowthUsers.user(of: plan.number)
        dependencies = try plan.dependencies().map {
            Dependency(
                ecosystem: plan.ecosystem, name: $0.name, nameKey: try format.projectName($0.name).key,
                requirement: plan.ecosystem.rawValue == "pypi" ? ">=1.0" : "^1.0", kind: "runtime", isOptional: false)
        }
        var random = GrowthRandom(5, plan.number)
        readme =
            "# \(plan.name)\n\n"
            + (0..<3 + random.below(8)).map { _ in GrowthWords.sentence(20, &random) }.joined(separator: "\n\n")
        project = Project(
            id: GrowthCalendar.id(first, 0), ecosystem: plan.ecosystem, name: try format.projectName(plan.name),
            visibility: .public, status: .active, statusReason: nil, createdAt: GrowthCalendar.time(first),
            updatedAt: GrowthCalendar.time(last), revision: 1, latestVersion: nil, summary: nil)
    }

    /// Writes the project itself.
    func begin(_ connection: any SQLConnection) throws {
        let projects = ProjectStore(connection)
        try projects.insert(project, createdBy: owner.id)
        try projects.setMember(project.id, userID: owner.id, role: .owner, at: project.createdAt)
        try record(
            "project.created", id: GrowthCalendar.id(first, 1), at: project.createdAt,
            [("owner", .string(owner.name))], connection)
    }

    /// Writes one release with its file, dependencies and event.
    func publish(_ index: Int, release number: Int, _ connection: any SQLConnection) throws {
        let version = versions[index]
        let at = GrowthCalendar.time(number)
        let declared = Array(dependencies.prefix(2 + index / 3))
        let documents = GrowthDocuments(project: plan, version: version.display, dependencies: declared)
        var random = GrowthRandom(6, number)
        guard let digest = SHA256Digest(random.bytes(32)) else { return }
        let release = Release(
            id: GrowthCalendar.id(number, 2), version: version, state: .live, stateReason: nil, deprecation: nil,
            publishedAt: at, receivedAt: at, origin: "upload", publisher: owner.name, publisherKind: .token,
            document: documents.release(digest: digest), files: [])
        let releases = ReleaseStore(connection)
        try releases.insert(
            ReleaseRow(
                projectID: project.id, release: release, publisherID: owner.id, details: details,
                readme: Readme(mediaType: "text/markdown", text: readme)))
        try releases.insert(declared, releaseID: release.id, projectID: project.id)
        let file = PackageFile(
            id: GrowthCalendar.id(number, 3), name: documents.fileName, size: size,
            digests: FileDigests(
                sha256: digest, md5: random.bytes(16), sha1: random.bytes(20), sha512: random.bytes(64),
                blake2b256: random.bytes(32)),
            publishedAt: at, receivedAt: at, kind: documents.fileKind, document: documents.file,
            metadataDigest: documents.metadata.map { _ in digest }, isRemoved: false)
        let files = FileStore(connection)
        try files.insertBlob(digest, size: file.size, at: at)
        try files.insert(
            file, nameKey: file.name.lowercased(), metadata: documents.metadata, origin: "upload",
            releaseID: release.id, projectID: project.id)
        try record(
            "file.published", id: GrowthCalendar.id(number, 4), at: at,
            [
                ("version", .string(version.display)), ("file", .string(file.name)), ("size", .integer(file.size)),
                ("sha256", .string(digest.hex)), ("proofs", .array([])), ("holds", .array([])),
            ], connection)
    }

    /// Writes what lists and search show, and a week of downloads of the newest file.
    func finish(_ connection: any SQLConnection) throws {
        let projects = ProjectStore(connection)
        let at = GrowthCalendar.time(last)
        try projects.touch(project.id, at: at, addedBytes: size * Int64(versions.count))
        try projects.setLatest(
            project.id, version: versions.last?.display, publishedAt: at, summary: plan.summary,
            keywords: plan.keywords)
        try SearchIndex(connection).put(
            SearchEntry(
                projectID: project.id, name: project.name.display, nameKey: project.name.key, summary: plan.summary,
                keywords: plan.keywords, ecosystem: project.ecosystem, visibility: project.visibility, members: []))
        var random = GrowthRandom(7, plan.number)
        for day in 0..<Int64(7) {
            try DownloadStore(connection).add(
                fileID: GrowthCalendar.id(last, 3), projectID: project.id, day: at.day + day, family: "installer",
                count: Int64(1 + random.skewed(10_000, slope: 4)))
        }
    }

    private var size: Int64 { 20_480 }

    private var details: JSONValue {
        [
            "summary": .string(plan.summary), "license": "MIT",
            "repository": .string("https://code.example/\(plan.name)"), "keywords": .strings(plan.keywords),
            "authors": [.string("The \(plan.name) authors")], "install_hooks": [],
        ]
    }

    private func record(
        _ kind: String, id: Int64, at: Timestamp, _ details: [(String, JSONValue)], _ connection: any SQLConnection
    ) throws {
        let subject: [(String, JSONValue)] = [
            ("ecosystem", .string(project.ecosystem.rawValue)), ("project", .string(project.name.display)),
        ]
        try EventStore(connection).insert(
            Event.make(
                id: id, kind: kind, at: at, actor: owner.name, via: .token, projectID: project.id,
                visibility: project.visibility, details: subject + details))
    }
}

/// An ecosystem that is not served.
struct GrowthFault: Error {
    let ecosystem: String
}
