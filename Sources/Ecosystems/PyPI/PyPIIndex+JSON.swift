package import RegistryModel

extension PyPIIndex {
    /// The page of one project in JSON (PEP 691 with 700, 714 and 792).
    package func projectJSON(_ history: ProjectHistory) -> [UInt8] {
        let project = history.project
        return JSONValue.object([
            .init("meta", Self.meta),
            .init("name", .string(project.name.key)),
            .init("project-status", Self.status(project)),
            .init("versions", .strings(Self.releases(history).map(\.version.display))),
            .init("files", .array(Self.files(history).map { entry($0, project) })),
        ]).bytes()
    }

    static let meta = JSONValue.object([.init("api-version", .string(apiVersion))])

    private static func status(_ project: Project) -> JSONValue {
        .compactObject([
            ("status", .string(project.status.rawValue)), ("reason", project.statusReason.map(JSONValue.string)),
        ])
    }

    private func entry(_ offered: OfferedFile, _ project: Project) -> JSONValue {
        let file = offered.file
        let metadata = Self.coreMetadata(file)
        return .compactObject([
            ("filename", .string(file.name)),
            ("url", .string(address(file, offered.release, project))),
            ("hashes", .object([.init("sha256", .string(file.digests.sha256.hex))])),
            ("requires-python", file.document["requires_python"]),
            ("size", .integer(file.size)),
            ("upload-time", .string(file.publishedAt.rfc3339())),
            ("yanked", offered.yanked),
            // Not once more under its name before PEP 714: pip 23.0, which Debian 12 brings, stops at a table there.
            ("core-metadata", metadata),
        ])
    }
}
