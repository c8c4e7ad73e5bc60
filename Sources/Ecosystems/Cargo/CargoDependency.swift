import RegistryModel

/// One declared dependency, normalised so that what the crate says and what the client says can be compared.
struct CargoDependency: Hashable {
    /// Where in the manifest it stands.
    enum Kind: String {
        case normal, dev, build
    }

    /// The name that the code uses.
    let name: String
    /// The crate's own name, where it differs.
    let package: String?
    /// As ``CargoRequirement`` spells it.
    let requirement: String
    /// Sorted, without repetitions.
    let features: [String]
    let isOptional: Bool
    let usesDefaultFeatures: Bool
    /// As ``CargoPlatform`` spells it.
    let target: String?
    let kind: Kind
    /// The index of another registry; nil for this one.
    let registry: String?

    /// The crate's own name.
    var crate: String { package ?? name }

    /// The object in an index line ([index format](https://doc.rust-lang.org/cargo/reference/registry-index.html#json-schema)).
    var indexValue: JSONValue {
        .compactObject([
            ("name", .string(name)), ("req", .string(requirement)), ("features", .strings(features)),
            ("optional", .bool(isOptional)), ("default_features", .bool(usesDefaultFeatures)),
            ("target", target.map(JSONValue.string) ?? .null), ("kind", .string(kind.rawValue)),
            ("registry", registry.map(JSONValue.string)), ("package", package.map(JSONValue.string)),
        ])
    }

    /// The neutral form.
    ///
    /// A crate of another registry keeps its name, but its key also names that registry: it is no dependency on the crate of
    /// the same name here.
    var neutral: Dependency {
        let kinds: [Kind: String] = [.normal: "runtime", .dev: "dev", .build: "build"]
        let key = CargoNames.key(crate)
        return Dependency(
            ecosystem: Cargo.ecosystem, name: crate, nameKey: registry.map { "\(key) \($0)" } ?? key,
            requirement: requirement, kind: kinds[kind] ?? kind.rawValue, isOptional: isOptional)
    }

    /// The order of dependencies in an index line.
    static func precedes(_ left: CargoDependency, _ right: CargoDependency) -> Bool {
        func key(_ dependency: CargoDependency) -> [String] {
            [dependency.name, dependency.kind.rawValue, dependency.target ?? "", dependency.requirement]
        }
        return key(left).lexicographicallyPrecedes(key(right))
    }

    /// The one spelling of a registry's address; crates.io has two.
    static func registry(_ address: String) -> String? {
        if address == "sparse+https://index.crates.io/" { return Cargo.cratesIO }
        return CargoText.isPlain(address, limit: 1024) && address.contains("://") ? address : nil
    }
}
