import Archives
package import RegistryModel

/// The JSON that goes with a crate when it is published
/// ([web API, publish](https://doc.rust-lang.org/cargo/reference/registry-web-api.html#publish)), made from the crate
/// itself: for whoever publishes one without cargo.
package struct CargoPublishDocument: Sendable {
    package let name: String
    package let version: String
    /// Whether its manifest says that it is not to be published.
    package let isPrivate: Bool
    package let json: JSONValue

    private static let maximumManifestBytes = 1 << 20

    /// Reads a `.crate`.
    /// - Parameters:
    ///   - source: The archive.
    ///   - base: The address of the registry's Cargo part, whose own crates need no registry in the document.
    /// - Throws: `Problem`, when it is no crate or its manifest cannot be read.
    package init(packedIn source: any ByteSource, publishedTo base: String) throws(Problem) {
        let document = try Self.manifest(of: source)
        let own = CargoIndex(base: base, requiresAuthentication: false).addresses
        let manifest = try CargoManifest(document, ownIndexes: own)
        name = manifest.name
        version = manifest.version
        let publish = document["package"]?["publish"]
        isPrivate = publish?.boolValue == false || publish?.arrayValue?.isEmpty == true
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        json = [
            "name": .string(manifest.name), "vers": .string(manifest.version),
            "deps": .array(manifest.dependencies.map(Self.dependency)),
            "features": .object(
                manifest.features.all.sorted { $0.key < $1.key }.map { .init($0.key, .strings($0.value)) }),
            "authors": .strings(manifest.authors), "description": text(manifest.description),
            "documentation": text(manifest.documentation), "homepage": text(manifest.homepage), "readme": nil,
            "readme_file": nil, "keywords": .strings(manifest.keywords), "categories": [],
            "license": text(manifest.license), "license_file": text(manifest.licenseFile),
            "repository": text(manifest.repository), "badges": .object([]), "links": text(manifest.links),
            "rust_version": text(manifest.rustVersion),
        ]
    }

    private static func dependency(_ dependency: CargoDependency) -> JSONValue {
        .compactObject([
            ("name", .string(dependency.crate)), ("version_req", .string(dependency.requirement)),
            ("features", .strings(dependency.features)), ("optional", .bool(dependency.isOptional)),
            ("default_features", .bool(dependency.usesDefaultFeatures)),
            ("target", dependency.target.map(JSONValue.string) ?? .null), ("kind", .string(dependency.kind.rawValue)),
            ("registry", dependency.registry.map(JSONValue.string)),
            ("explicit_name_in_toml", dependency.package == nil ? nil : .string(dependency.name)),
        ])
    }

    private static func manifest(of source: any ByteSource) throws(Problem) -> JSONValue {
        let contents: ArchiveContents
        do throws(ArchiveFault) {
            contents = try readArchive(
                source, kind: .tarGzip, limits: ArchiveLimits(), policy: .filesAndDirectories
            ) { entry in
                entry.size <= maximumManifestBytes && entry.path.hasSuffix("/Cargo.toml")
                    && entry.path.split(separator: "/").count == 2
            }
        } catch {
            throw Problem(error)
        }
        guard let bytes = contents.kept.values.first, contents.kept.count == 1 else {
            throw Problem(.archiveInvalid, "It is no crate: it has no Cargo.toml in one directory at its top.")
        }
        do throws(TOMLViolation) {
            return try TOMLReader.parse(bytes, maximumBytes: maximumManifestBytes)
        } catch {
            throw CargoManifest.invalid("it is not TOML (\(error))")
        }
    }
}
