package import Archives
package import Formats
package import RegistryModel
package import Versioning

/// An ecosystem for tests of the use cases: a package is a text whose lines are name, version, and dependencies.
package struct PlainFormat: PackageFormat {
    package let ecosystem: EcosystemID
    package let atom: PublishAtom
    package let namespaceKind: NamespaceKind
    package let versions: any VersionScheme = SemVerScheme()

    /// Makes an ecosystem of that id.
    package init(id: String = "plain", atom: PublishAtom = .release, namespaceKind: NamespaceKind = .prefix) {
        ecosystem = EcosystemID(rawValue: id)
        self.namespaceKind = namespaceKind
        self.atom = atom
    }

    /// Whatever follows `https://`.
    package func sourcePin(_ address: String) -> SourcePin? {
        guard namespaceKind == .scope, address.hasPrefix("https://") else { return nil }
        return SourcePin(key: address.dropFirst(8).lowercased(), address: address)
    }

    package func projectName(_ raw: String) throws -> ProjectName {
        let isPlain = raw.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || $0 == UInt8(ascii: "-") }
        guard !raw.isEmpty, raw.utf8.count <= 64, isPlain else {
            throw Problem(.nameInvalid, "'\(raw)' is no name.")
        }
        guard raw != "reserved" else { throw Problem(.nameReserved, "'\(raw)' is reserved.") }
        let key = raw.lowercased()
        return ProjectName(display: raw, key: key, confusable: key.filter { $0 != "-" })
    }

    package var maximumFiles: Int { 3 }

    /// What is before the first hyphen.
    package func namespaceKeys(of nameKey: String) -> [String] {
        nameKey.firstIndex(of: "-").map { [String(nameKey[..<$0])] } ?? []
    }

    package func namespace(_ raw: String) throws -> ProjectName { try projectName(raw) }

    package func version(_ raw: String) throws -> ReleaseVersion {
        guard let key = versions.canonical(raw) else { throw Problem(.versionInvalid, "'\(raw)' is no version.") }
        return ReleaseVersion(display: raw, key: key)
    }

    package func inspect(_ submission: Submission, limits: ArchiveLimits) throws -> Manifest {
        guard let file = submission.files.first else { throw Problem(.badRequest, "There is no file.") }
        let text = String(decoding: try file.content.read(at: 0, count: 1 << 20), as: UTF8.self)
        let lines = text.split(separator: "\n").map(String.init)
        guard lines.count >= 2 else { throw Problem(.archiveInvalid, "The package is empty.") }
        var manifest = Manifest(
            name: try projectName(lines[0]), version: try version(lines[1]), first: ManifestFile(name: file.name),
            others: submission.files.dropFirst().map { ManifestFile(name: $0.name, kind: "extra") })
        manifest.summary = "All about \(lines[0])"
        manifest.keywords = ["plain"]
        manifest.readme = Readme(mediaType: "text/markdown", text: "# \(lines[0])")
        manifest.fileKind = "text"
        manifest.fileMetadata = Array("about \(lines[0])".utf8)
        manifest.document = ["name": .string(lines[0]), "version": .string(lines[1])]
        manifest.repository = lines.dropFirst(2).first { $0.hasPrefix("https://") }
        manifest.dependencies = lines.dropFirst(2).filter { !$0.hasPrefix("https://") }.map {
            Dependency(
                ecosystem: ecosystem, name: $0, nameKey: $0.lowercased(), requirement: "*", kind: "runtime",
                isOptional: false)
        }
        return manifest
    }
}
