import Formats
import RegistryModel
import Versioning

/// Turns what an archive says about itself into the neutral manifest and the document that metadata is made of.
enum ComposerDescription {
    /// Fills in what every ecosystem's manifest has.
    static func describe(_ manifest: inout Manifest, _ archive: ComposerArchive) {
        let document = archive.package.document
        manifest.summary = PlainText.oneLine(document["description"]?.stringValue)
        manifest.readme = archive.tree.readme
        if manifest.readme == nil, let path = archive.tree.readmePath {
            manifest.warnings.append("'\(Problem.excerpt(path))' is too large to be shown.")
        }
        manifest.license = license(archive.package.texts("license"))
        manifest.homepage = PlainText.webAddress(document["homepage"]?.stringValue)
        manifest.repository =
            PlainText.webAddress(document["support"]?["source"]?.stringValue)
            ?? PlainText.webAddress(document["source"]?["url"]?.stringValue)
        manifest.documentation = PlainText.webAddress(document["support"]?["docs"]?.stringValue)
        manifest.keywords = archive.package.texts("keywords").compactMap { PlainText.oneLine($0, limit: 100) }
        manifest.authors = (document["authors"]?.arrayValue ?? []).prefix(100)
            .compactMap { PlainText.oneLine($0["name"]?.stringValue, limit: 200) }
        manifest.dependencies =
            dependencies(archive.package, "require", kind: "runtime")
            + dependencies(archive.package, "require-dev", kind: "dev")
        let type = document["type"]?.stringValue ?? "library"
        // Packages of these types run inside Composer itself as soon as they are installed.
        manifest.installHooks = ["composer-plugin", "composer-installer"].contains(type) ? [type] : []
        manifest.fileKind = archive.kind.rawValue
        if manifest.license == nil { manifest.warnings.append("composer.json names no license.") }
        if document["description"] == nil { manifest.warnings.append("composer.json has no description.") }
    }

    /// Members of the file that clients use, in the order in which they are served.
    ///
    /// What only a project's own root file can set (`config`, `repositories`, `scripts`, `minimum-stability`) is left out, and
    /// with it `source` and `dist`: where a release is downloaded is the registry's word.
    private static let served = [
        "description", "keywords", "homepage", "authors", "support", "funding", "require", "require-dev", "conflict",
        "replace", "provide", "suggest", "autoload", "autoload-dev", "extra", "target-dir", "include-path",
    ]

    /// A version's object in the metadata, without what depends on the registry's address and the time.
    static func document(_ archive: ComposerArchive, name: ProjectName, version: ReleaseVersion) -> JSONValue {
        let package = archive.package
        let licenses = package.texts("license")
        let commands = package.texts("bin")
        var members: [(String, JSONValue?)] = [
            ("name", .string(name.display)), ("version", .string(version.display)),
            ("version_normalized", ComposerVersion(version.display).map { .string($0.normalized) }),
            ("type", .string(package.document["type"]?.stringValue ?? "library")),
            ("license", licenses.isEmpty ? nil : .strings(licenses)),
            ("bin", commands.isEmpty ? nil : .strings(commands)),
        ]
        members += served.map { ($0, package.document[$0]) }
        members.append(("abandoned", abandoned(package.document["abandoned"])))
        return .compactObject(members)
    }

    /// Whether the package is abandoned, and for which other one, where the file says so.
    private static func abandoned(_ value: JSONValue?) -> JSONValue? {
        switch value {
        case .bool(true): true
        case .string(let replacement): replacement.isEmpty ? nil : .string(replacement)
        default: nil
        }
    }

    /// Several licences are a choice.
    private static func license(_ names: [String]) -> String? {
        let names = names.compactMap { PlainText.oneLine($0, limit: 500) }
        return names.count > 1 ? "(\(names.joined(separator: " OR ")))" : names.first
    }

    /// Links of one kind; PHP and its extensions are looked up in no registry.
    private static func dependencies(_ package: ComposerPackageFile, _ table: String, kind: String) -> [Dependency] {
        package.links(table).map { link in
            Dependency(
                ecosystem: Composer.ecosystem, name: link.name,
                nameKey: ComposerNames.isPlatform(link.name) ? "" : link.name.lowercased(),
                requirement: link.constraint, kind: kind, isOptional: false)
        }
    }
}
