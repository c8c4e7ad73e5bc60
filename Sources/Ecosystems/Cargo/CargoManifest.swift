import RegistryModel

/// A crate's `Cargo.toml` as `cargo package` writes it
/// ([manifest format](https://doc.rust-lang.org/cargo/reference/manifest.html)).
///
/// cargo resolves what a manifest inherits from its workspace and takes paths out before it packs; a manifest that still
/// has them was not packed by cargo and means something else to whoever builds it, so it is refused.
struct CargoManifest {
    let name: String
    let version: String
    let dependencies: [CargoDependency]
    /// In the manifest's order.
    let features: CargoFeatures
    let links: String?
    let rustVersion: String?
    let description: String?
    let license: String?
    let licenseFile: String?
    let homepage: String?
    let repository: String?
    let documentation: String?
    let keywords: [String]
    let authors: [String]
    let readme: ReadmeFile
    /// The build script, where the manifest names one; nil says that cargo would look for `build.rs`.
    let buildScript: BuildScript?
    let isProcMacro: Bool

    /// What the manifest says about the README.
    enum ReadmeFile: Hashable {
        /// A file, relative to the manifest.
        case path(String)
        /// Whatever file is called so.
        case usual
        case none
    }

    /// What the manifest says about the build script.
    enum BuildScript: Hashable {
        case path(String)
        case none
    }

    /// How many dependencies and how many features a crate may have.
    static let maximumDeclarations = 4096

    /// Reads the parsed file.
    ///
    /// `ownIndexes` are the addresses of this registry's index: dependencies from there are its own.
    /// - Throws: `Problem` with ``Problem/Code/metadataInvalid``.
    init(_ document: JSONValue, ownIndexes: [String]) throws(Problem) {
        guard let package = document["package"] ?? document["project"], package.members != nil else {
            throw Self.invalid("there is no [package]")
        }
        let fields = CargoManifestFields(package)
        guard let name = try fields.text("name") else { throw Self.invalid("'name' is missing") }
        guard let version = try fields.text("version") else { throw Self.invalid("'version' is missing") }
        self.name = name
        self.version = version
        links = try fields.text("links", limit: 256)
        rustVersion = try fields.text("rust-version", limit: 64)
        description = try fields.text("description", limit: 1 << 20)
        license = try fields.text("license")
        licenseFile = try fields.text("license-file")
        homepage = try fields.text("homepage")
        repository = try fields.text("repository")
        documentation = try fields.text("documentation")
        keywords = try fields.texts("keywords")
        authors = try fields.texts("authors")
        readme = try Self.readme(package["readme"])
        buildScript = try Self.buildScript(package["build"])
        isProcMacro = document["lib"]?["proc-macro"] == true || document["lib"]?["proc_macro"] == true
        dependencies = try CargoManifestDependencies(ownIndexes: ownIndexes).all(in: document)
        features = try CargoFeatures(document["features"], fault: { Self.invalid($0) })
    }

    static func invalid(_ reason: String) -> Problem {
        Problem(.metadataInvalid, "Cargo.toml in the crate cannot be accepted: \(reason).")
    }

    private static func readme(_ value: JSONValue?) throws(Problem) -> ReadmeFile {
        switch value {
        case nil, .bool(true)?: .usual
        case .bool(false)?: .none
        case .string(let path)?: .path(path)
        default: throw invalid("'readme' is neither a file nor a truth value")
        }
    }

    private static func buildScript(_ value: JSONValue?) throws(Problem) -> BuildScript? {
        switch value {
        case nil: nil
        case .bool(true)?: .path("build.rs")
        case .bool(false)?: BuildScript.none
        case .string(let path)?: .path(path)
        case .array(let paths)?: paths.first?.stringValue.map(BuildScript.path)
        default: throw invalid("'build' is neither a file nor a truth value")
        }
    }
}

/// Reads fields of `[package]`.
struct CargoManifestFields {
    private let package: JSONValue

    init(_ package: JSONValue) {
        self.package = package
    }

    /// A text, or nil where there is none.
    func text(_ name: String, limit: Int = 4096) throws(Problem) -> String? {
        switch package[name] {
        case nil: return nil
        case .string(let text)? where text.utf8.count <= limit: return text
        case .string?: throw CargoManifest.invalid("'\(name)' is longer than \(limit) bytes")
        case .object?:
            throw CargoManifest.invalid("'\(name)' is left to a workspace; pack the crate with 'cargo package'")
        default: throw CargoManifest.invalid("'\(name)' is not a string")
        }
    }

    /// A list of texts; empty where there is none.
    func texts(_ name: String) throws(Problem) -> [String] {
        guard let value = package[name] else { return [] }
        guard let elements = value.arrayValue, elements.count <= 1000 else {
            throw CargoManifest.invalid("'\(name)' is not a list of at most 1000 strings")
        }
        let texts = elements.compactMap(\.stringValue)
        guard texts.count == elements.count, texts.allSatisfy({ $0.utf8.count <= 4096 }) else {
            throw CargoManifest.invalid("'\(name)' is not a list of short strings")
        }
        return texts
    }
}
