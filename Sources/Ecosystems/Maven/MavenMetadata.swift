import RegistryModel
import Versioning

/// `maven-metadata.xml` of an artifact, a snapshot and a group
/// ([repository metadata](https://maven.apache.org/ref/3.8.7/maven-repository-metadata/repository-metadata.html)).
///
/// Made from what is published; what clients upload in its place is never read. Yanked versions are left out: nothing new
/// resolves to them, while their files stay.
enum MavenMetadata {
    /// The versions of an artifact; nil where that repository has none.
    ///
    /// `latest` is the highest version. `release` is the highest one that is no milestone or candidate, or simply the
    /// highest where all of them are.
    static func artifact(_ history: ProjectHistory, in repository: MavenRepository) -> [UInt8]? {
        guard let id = identifiers(history) else { return nil }
        let scheme = MavenScheme()
        let live = history.releases.filter { $0.state == .live }.map(\.version.display)
        var versions: [String]
        switch repository {
        case .releases: versions = live.filter { MavenCoordinates.timestamped($0) == nil }
        case .snapshots:
            versions = Array(
                Set(
                    live.compactMap {
                        MavenCoordinates.timestamped($0).map { $0.base + MavenCoordinates.snapshotSuffix }
                    }
                ))
        }
        // By spelling where Maven takes two for equal, so that the document is always the same.
        versions.sort { left, right in
            let order = scheme.compare(left, right)
            return order == 0 ? left < right : order < 0
        }
        guard let latest = versions.last else { return nil }
        var out = MavenXML("metadata")
        out.add("groupId", id.groupID)
        out.add("artifactId", id.artifactID)
        out.open("versioning")
        out.add("latest", latest)
        if repository == .releases {
            out.add("release", versions.last { !scheme.isPrerelease($0) } ?? latest)
        }
        out.open("versions")
        for version in versions { out.add("version", version) }
        out.close()
        out.add("lastUpdated", compact(history.project.updatedAt))
        return out.finish()
    }

    /// The newest build of a snapshot and its files; nil where there is none.
    ///
    /// A file that only an older build has is named with that build, as Maven itself does.
    static func snapshot(_ history: ProjectHistory, _ coordinates: MavenCoordinates) -> [UInt8]? {
        let builds = builds(history, of: coordinates)
        guard let newest = builds.last else { return nil }
        var out = MavenXML("metadata modelVersion=\"1.1.0\"")
        out.add("groupId", coordinates.groupID)
        out.add("artifactId", coordinates.artifactID)
        out.add("version", coordinates.version)
        out.open("versioning")
        out.open("snapshot")
        out.add("timestamp", newest.build.timestamp)
        out.add("buildNumber", String(newest.build.buildNumber))
        out.close()
        out.add("lastUpdated", newest.build.timestamp.filter { $0 != "." })
        out.open("snapshotVersions")
        var seen: Set<String> = []
        for (build, release) in builds.reversed() {
            for file in release.files where file.document["signature"] == nil {
                let fileExtension = file.document["extension"]?.stringValue ?? ""
                let classifier = file.document["classifier"]?.stringValue
                guard seen.insert("\(classifier ?? "")/\(fileExtension)").inserted else { continue }
                out.open("snapshotVersion")
                if let classifier { out.add("classifier", classifier) }
                out.add("extension", fileExtension)
                out.add("value", release.version.display)
                out.add("updated", build.timestamp.filter { $0 != "." })
                out.close()
            }
        }
        out.close()
        return out.finish()
    }

    /// A group's plugins, so that a client finds one by its prefix; nil where there are none.
    static func group(_ plugins: [MavenPlugin]) -> [UInt8]? {
        guard !plugins.isEmpty else { return nil }
        var out = MavenXML("metadata")
        out.open("plugins")
        for plugin in plugins.sorted(by: { $0.artifactID < $1.artifactID }) {
            out.open("plugin")
            out.add("name", plugin.name)
            out.add("prefix", plugin.prefix)
            out.add("artifactId", plugin.artifactID)
            out.close()
        }
        return out.finish()
    }

    /// The builds of a snapshot, oldest first.
    static func builds(
        _ history: ProjectHistory, of coordinates: MavenCoordinates
    ) -> [(build: MavenFile.Snapshot, release: Release)] {
        let base = coordinates.version.dropLast(MavenCoordinates.snapshotSuffix.count)
        return history.releases.filter { $0.state == .live }.compactMap { release in
            guard let (version, build) = MavenCoordinates.timestamped(release.version.display), version == base else {
                return nil
            }
            return (build, release)
        }
        .sorted { left, right in
            (left.build.timestamp, left.build.buildNumber) < (right.build.timestamp, right.build.buildNumber)
        }
    }

    private static func identifiers(_ history: ProjectHistory) -> (groupID: String, artifactID: String)? {
        let parts = history.project.name.display.split(separator: ":").map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }

    /// `yyyyMMddHHmmss` in UTC.
    private static func compact(_ time: Timestamp) -> String {
        String(time.rfc3339(.seconds).filter(\.isNumber))
    }
}

/// A plugin as its group's metadata lists it.
struct MavenPlugin: Hashable {
    let name: String
    let artifactID: String

    /// What `mvn PREFIX:goal` means, by the rule for plugins that do not say it otherwise.
    var prefix: String {
        if artifactID == "maven-plugin" { return artifactID }
        if artifactID.hasPrefix("maven-"), artifactID.hasSuffix("-plugin") {
            return String(artifactID.dropFirst("maven-".count).dropLast("-plugin".count))
        }
        let suffix = "-maven-plugin"
        return artifactID.hasSuffix(suffix) ? String(artifactID.dropLast(suffix.count)) : artifactID
    }
}
