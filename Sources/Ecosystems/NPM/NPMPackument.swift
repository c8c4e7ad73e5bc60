package import RegistryModel

/// Renders what the registry knows about a package: the packument, in its full and its abbreviated form.
///
/// Follows npm's [package metadata](https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md). The same
/// history always gives the same bytes: signatures are part of the stored documents, times are those of the database.
package struct NPMPackument: Sendable {
    /// The media type of the full form.
    package static let fullType = "application/json"
    /// The media type of the abbreviated form, which installers ask for.
    package static let abbreviatedType = "application/vnd.npm.install-v1+json"
    /// How many bytes of the README the full form shows.
    package static let maximumReadmeBytes = 64 << 10

    private let history: ProjectHistory
    private let base: String
    private let host: String

    /// Prepares to render a package.
    /// - Parameters:
    ///   - history: The package.
    ///   - base: The registry's address without a trailing slash, under which tarballs are found.
    ///   - host: The domain of `NAME@users.noreply.HOST`.
    package init(_ history: ProjectHistory, base: String, host: String) {
        self.history = history
        self.base = base
        self.host = host
    }

    private var name: String { history.project.name.display }

    /// CouchDB's revision of the document: it changes with everything that readers can see.
    package var revision: String {
        let id = String(UInt64(bitPattern: history.project.id), radix: 16)
        return "\(history.project.revision)-\(String(repeating: "0", count: 16 - id.count))\(id)"
    }

    /// Everything, with the README of the latest version.
    package func full(readme: Readme?) -> JSONValue {
        let latest = release(tags["latest"] ?? "")
        let document = latest?.document ?? .object([])
        var members: [(String, JSONValue?)] = [
            ("_id", .string(name)), ("_rev", .string(revision)), ("name", .string(name)),
            ("description", document["description"]), ("dist-tags", distTags),
            ("versions", .object(history.releases.map { .init($0.version.display, version($0)) })),
            ("time", time), ("maintainers", maintainers),
        ]
        for member in ["author", "contributors", "homepage", "keywords", "repository", "bugs", "license"] {
            members.append((member, document[member]))
        }
        members.append(("readme", .string(readme.map(Self.shortened) ?? "")))
        members.append(("readmeFilename", document["readmeFilename"] ?? ""))
        return .compactObject(members)
    }

    /// What an installer needs, without times, texts and people.
    package func abbreviated() -> JSONValue {
        let versions = history.releases.map { release in
            let full = version(release)
            let members = Self.installMembers.map { ($0, full[$0]) }
            let shrinkwrap: JSONValue? = full["_hasShrinkwrap"] == true ? true : nil
            return JSONValue.Member(
                release.version.display, .compactObject(members + [("_hasShrinkwrap", shrinkwrap)]))
        }
        return [
            "name": .string(name), "dist-tags": distTags, "versions": .object(versions),
            "modified": .string(history.project.updatedAt.rfc3339(.milliseconds)),
        ]
    }

    private static let installMembers = [
        "name", "version", "deprecated", "dependencies", "optionalDependencies", "devDependencies",
        "bundleDependencies", "peerDependencies", "peerDependenciesMeta", "bin", "directories", "dist", "engines", "os",
        "cpu", "libc", "hasInstallScript", "funding",
    ]

    /// One version's full document.
    package func version(_ release: Release) -> JSONValue {
        var document = release.document.setting("readmeFilename", to: nil)
        if let file = release.files.first {
            let url = "\(base)/\(name)/-/\(file.name)"
            // Behind its digests, where other registries have it.
            let dist = (document["dist"] ?? .object([])).setting("tarball", to: .string(url))
            document = document.setting("dist", to: dist)
        }
        document = document.setting("deprecated", to: deprecation(of: release).map(JSONValue.string))
        return document.setting("_npmUser", to: person(release.publisher))
    }

    /// The release of a version or of a tag.
    package func release(_ versionOrTag: String) -> Release? {
        let version = tags[versionOrTag] ?? versionOrTag
        return history.releases.first { $0.version.display == version }
    }

    /// The tags whose version can be had; `latest` is always among them.
    package var tags: [String: String] {
        let visible = Set(history.releases.map(\.version.display))
        var tags = history.tags.filter { visible.contains($0.value) }
        if tags["latest"] == nil {
            tags["latest"] =
                history.project.latestVersion.flatMap { visible.contains($0) ? $0 : nil }
                ?? history.releases.last?.version.display
        }
        return tags
    }

    /// The tags as an object, `latest` first.
    package var distTags: JSONValue {
        let sorted = tags.sorted { left, right in
            left.key == "latest" || (right.key != "latest" && left.key < right.key)
        }
        return .object(sorted.map { .init($0.key, .string($0.value)) })
    }

    /// npm has no yank; what was yanked through another door warns as a deprecated version does.
    private func deprecation(of release: Release) -> String? {
        if release.state == .yanked { return release.stateReason.map { "yanked: \($0)" } ?? "yanked" }
        if let message = release.deprecation { return message }
        guard history.project.status == .deprecated else { return nil }
        return history.project.statusReason ?? "This package is deprecated."
    }

    private var time: JSONValue {
        let edges: [JSONValue.Member] = [
            .init("created", .string(history.project.createdAt.rfc3339(.milliseconds))),
            .init("modified", .string(history.project.updatedAt.rfc3339(.milliseconds))),
        ]
        return .object(
            edges
                + history.releases.map {
                    .init($0.version.display, .string($0.publishedAt.rfc3339(.milliseconds)))
                })
    }

    /// Everybody with a role, as npm shows owners.
    package var maintainers: JSONValue { .array(history.members.map { person($0.userName) }) }

    private func person(_ name: String) -> JSONValue {
        ["name": .string(name), "email": .string("\(name)@users.noreply.\(host)")]
    }

    /// The beginning of a README, cut between characters.
    private static func shortened(_ readme: Readme) -> String {
        guard readme.text.utf8.count > maximumReadmeBytes else { return readme.text }
        var text = String(decoding: readme.text.utf8.prefix(maximumReadmeBytes), as: UTF8.self)
        while text.last == "\u{FFFD}" { text.removeLast() }
        return text
    }
}
