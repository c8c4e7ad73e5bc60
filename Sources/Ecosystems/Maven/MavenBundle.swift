import Formats
package import Publishing
package import RegistryModel

/// What a bundle for the publisher portal holds: the files of one or more releases in the layout of a repository.
package struct MavenBundle {
    /// The files of one release.
    package struct Component {
        package let coordinates: MavenCoordinates
        package fileprivate(set) var files: [ReceivedFile] = []

        /// Its [package URL](https://github.com/package-url/purl-spec).
        var purl: String { MavenBundle.purl(coordinates.name, coordinates.version) }

        /// The release as the pipeline takes it, the POM first.
        package func submission(isDryRun: Bool = false) -> Submission {
            let order = files.filter { $0.name.hasSuffix(".pom") } + files.filter { !$0.name.hasSuffix(".pom") }
            return Submission(
                ecosystem: Maven.ecosystem, name: coordinates.name, version: coordinates.version, files: order,
                claim: .object([]), isDryRun: isDryRun)
        }
    }

    /// The most releases of one bundle.
    static let maximumComponents = 200
    /// What faults are listed under that are no release's own.
    static let common = "bundle"

    package private(set) var components: [Component] = []
    /// The digests of files, by directory and by the names of the files that they came in; in hexadecimal.
    private var checksums: [String: [String: String]] = [:]
    /// Files that belong nowhere.
    package private(set) var faults: [String] = []

    /// Sorts what was unpacked.
    package init(_ bundle: Deployments.Bundle) {
        var places: [MavenCoordinates: Int] = [:]
        for (path, file) in bundle.files {
            guard let parsed = MavenPath(path), parsed.checksum == nil else {
                faults.append("'\(Problem.excerpt(path))' is no file of a Maven repository.")
                continue
            }
            guard case .file(let described) = parsed.resource else {
                faults.append("'\(Problem.excerpt(path))' does not belong into a bundle; the registry makes its own.")
                continue
            }
            guard MavenRepository.releases.holds(described.coordinates) else {
                faults.append(MavenRepository.releases.refusal(of: described.coordinates).detail)
                continue
            }
            let place = places[described.coordinates] ?? components.count
            if place == components.count {
                places[described.coordinates] = place
                components.append(Component(coordinates: described.coordinates))
            }
            components[place].files.append(file)
        }
        for (path, content) in bundle.notes {
            guard let parsed = MavenPath(path), let checksum = parsed.checksum else { continue }
            if case .metadata = parsed.resource { continue }
            guard let digest = checksum.digest(content) else {
                faults.append("'\(Problem.excerpt(path))' is not a \(checksum.rawValue) digest.")
                continue
            }
            let parts = path.split(separator: "/").map(String.init)
            checksums[parts.dropLast().joined(separator: "/"), default: [:]][parts.last ?? ""] = Hex.encode(digest)
        }
        faults.sort()
        components.sort { $0.coordinates.description < $1.coordinates.description }
        if components.isEmpty { faults.append("The bundle holds no release.") }
        if components.count > Self.maximumComponents {
            faults.append("A bundle has at most \(Self.maximumComponents) releases.")
        }
    }

    /// The digests that came with a release, by the names of the files that they came in; in hexadecimal.
    func checksums(of component: Component) -> [String: String] { checksums[component.coordinates.directory] ?? [:] }

    /// The descriptions that can be read, by their coordinates; parents of others among them.
    func descriptions() throws -> [String: POM] {
        var found: [String: POM] = [:]
        for component in components {
            let name = "\(component.coordinates.artifactID)-\(component.coordinates.version).pom"
            guard let file = component.files.first(where: { $0.name == name }),
                file.content.length <= POM.maximumBytes
            else { continue }
            found[component.coordinates.description] = try? POM.parse(
                file.content.read(at: 0, count: file.content.length))
        }
        return found
    }

    /// The package URL of a release.
    static func purl(_ name: String, _ version: String) -> String {
        "pkg:maven/\(name.replacing(":", with: "/"))@\(version)"
    }
}
