import HTTPSupport

/// The addresses below the mount that name a package.
enum ComposerAddress {
    /// The package that a metadata address names: `vendor` and `name.json` or `name~dev.json`.
    ///
    /// Nil where no package can have that name. Clients ask in lower case.
    static func package(vendor: String, file: String) -> (name: String, isDevelopment: Bool)? {
        guard file.hasSuffix(".json") else { return nil }
        let stem = file.dropLast(5)
        let isDevelopment = stem.hasSuffix("~dev")
        let name = "\(vendor)/\(isDevelopment ? stem.dropLast(4) : stem)"
        return ComposerNames.isValid(name) ? (name, isDevelopment) : nil
    }

    /// A package and one of its files as segments of an address.
    static func path(_ package: String, file: String) -> String {
        (package.split(separator: "/").map(String.init) + [file]).map(PathSegment.encode).joined(separator: "/")
    }
}
