package import RegistryModel
import Versioning

extension PyPIIndex {
    /// The release that a project's JSON document is about: the newest stable one that is not yanked, else the newest that is
    /// not yanked, else the newest.
    package static func latest(_ history: ProjectHistory) -> Release? {
        let releases = releases(history)
        let offered = releases.filter { $0.state == .live }
        let scheme = PEP440Scheme()
        return offered.last { !scheme.isPrerelease($0.version.display) } ?? offered.last ?? releases.last
    }

    /// The visible release of that version in any spelling.
    package static func release(_ version: String, in history: ProjectHistory) -> Release? {
        guard let wanted = PEP440Version(version) else { return nil }
        return history.releases.first { $0.state.isVisible && PEP440Version($0.version.display) == wanted }
    }

    /// The [JSON document](https://docs.pypi.org/api/json/) of a project or of one release.
    ///
    /// What PyPI counts or keeps elsewhere (download numbers, signatures, bug trackers) is given as PyPI gives it for a package
    /// that has none.
    /// - Parameters:
    ///   - history: The project.
    ///   - release: The release that `info` and `urls` are about.
    ///   - readme: Its description.
    ///   - includesReleases: Whether the document lists all releases, as the one of the project does.
    /// - Returns: The document's bytes.
    package func releaseJSON(
        _ history: ProjectHistory, release: Release, readme: String?, includesReleases: Bool
    ) -> [UInt8] {
        let project = history.project
        let offered = Self.files(history)
        let urls = offered.filter { $0.release.id == release.id }.map { legacyEntry($0, project) }
        var members: [(String, JSONValue?)] = [
            ("info", info(release, project, readme: readme)), ("last_serial", .integer(project.revision)),
            ("ownership", Self.ownership(history)),
        ]
        if includesReleases {
            let releases = Self.releases(history).map { release in
                JSONValue.Member(
                    release.version.display,
                    .array(offered.filter { $0.release.id == release.id }.map { legacyEntry($0, project) }))
            }
            members.append(("releases", .object(releases)))
        }
        members += [("urls", .array(urls)), ("vulnerabilities", .array([]))]
        return JSONValue.compactObject(members).bytes()
    }

    /// Who has a role, in PyPI's words, and the organization that owns the project.
    private static func ownership(_ history: ProjectHistory) -> JSONValue {
        let roles = history.members.map { member -> JSONValue in
            ["role": .string(member.role == .owner ? "Owner" : "Maintainer"), "user": .string(member.userName)]
        }
        return ["organization": history.organization.map(JSONValue.string) ?? .null, "roles": .array(roles)]
    }

    private func info(_ release: Release, _ project: Project, readme: String?) -> JSONValue {
        let document = release.document
        func field(_ name: String) -> JSONValue { document[name] ?? .null }
        func list(_ name: String) -> JSONValue { document[name] ?? .array([]) }
        func joined(_ name: String) -> JSONValue {
            document[name]?.arrayValue.map { .string($0.compactMap(\.stringValue).joined(separator: ",")) } ?? .null
        }
        let page = "\(pages)/\(Self.segment(project.name.key))"
        let yankedReason = release.state == .yanked ? release.stateReason : nil
        return .object([
            .init("author", field("author")), .init("author_email", field("author_email")),
            .init("bugtrack_url", .null), .init("classifiers", list("classifiers")),
            .init("description", .string(readme ?? "")),
            .init("description_content_type", field("description_content_type")), .init("docs_url", .null),
            .init("download_url", field("download_url")), .init("downloads", Self.uncounted),
            .init("dynamic", field("dynamic")), .init("home_page", field("home_page")),
            .init("keywords", joined("keywords")), .init("license", field("license")),
            .init("license_expression", field("license_expression")), .init("license_files", field("license_files")),
            .init("maintainer", field("maintainer")), .init("maintainer_email", field("maintainer_email")),
            .init("name", .string(project.name.display)), .init("package_url", .string(page)),
            .init("platform", joined("platform")), .init("project_url", .string(page)),
            .init("project_urls", Self.links(document)), .init("provides_extra", field("provides_extra")),
            .init("release_url", .string("\(page)/\(Self.segment(release.version.display))")),
            .init("requires_dist", field("requires_dist")), .init("requires_python", field("requires_python")),
            .init("summary", field("summary")), .init("version", .string(release.version.display)),
            .init("yanked", .bool(release.state == .yanked)),
            .init("yanked_reason", yankedReason.map(JSONValue.string) ?? .null),
        ])
    }

    private static let uncounted = JSONValue.object([
        .init("last_day", .integer(-1)), .init("last_month", .integer(-1)), .init("last_week", .integer(-1)),
    ])

    /// Labels and addresses as one object; of two links with one label the last counts.
    private static func links(_ document: JSONValue) -> JSONValue {
        let links = JSONValue.uniqueObject(
            (document["project_urls"]?.arrayValue ?? []).compactMap { link in
                guard let label = link["label"]?.stringValue, let url = link["url"] else { return nil }
                return (label, url)
            })
        return links.members?.isEmpty == false ? links : .null
    }

    private func legacyEntry(_ offered: OfferedFile, _ project: Project) -> JSONValue {
        let file = offered.file
        let reason = offered.yanked.stringValue
        return .object([
            .init("comment_text", .null), .init("core-metadata", Self.coreMetadata(file)),
            .init(
                "digests",
                .object([
                    .init("blake2b_256", .string(Hex.encode(file.digests.blake2b256))),
                    .init("md5", .string(Hex.encode(file.digests.md5))),
                    .init("sha256", .string(file.digests.sha256.hex)),
                ])),
            .init("downloads", .integer(-1)), .init("filename", .string(file.name)), .init("has_sig", .bool(false)),
            .init("md5_digest", .string(Hex.encode(file.digests.md5))), .init("packagetype", .string(file.kind)),
            .init("python_version", file.document["python_version"] ?? .null),
            .init("requires_python", file.document["requires_python"] ?? .null), .init("size", .integer(file.size)),
            .init("upload_time", .string(String(file.publishedAt.rfc3339(.seconds).dropLast()))),
            .init("upload_time_iso_8601", .string(file.publishedAt.rfc3339())),
            .init("url", .string(address(file, offered.release, project))),
            .init("yanked", .bool(offered.release.state == .yanked)),
            .init("yanked_reason", reason.map(JSONValue.string) ?? .null),
        ])
    }

    /// False, or the digest of the metadata that is served beside a file.
    static func coreMetadata(_ file: PackageFile) -> JSONValue {
        file.metadataDigest.map { .object([.init("sha256", .string($0.hex))]) } ?? .bool(false)
    }
}
