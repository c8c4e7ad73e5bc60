import RegistryModel

/// Reads the dependency tables of a manifest.
struct CargoManifestDependencies {
    let ownIndexes: [String]

    /// The tables by their name and their older name.
    private static let tables: [(kind: CargoDependency.Kind, names: [String])] = [
        (.normal, ["dependencies"]), (.dev, ["dev-dependencies", "dev_dependencies"]),
        (.build, ["build-dependencies", "build_dependencies"]),
    ]

    /// Every dependency, in the order of index lines.
    func all(in document: JSONValue) throws(Problem) -> [CargoDependency] {
        var found = try dependencies(of: document, target: nil)
        let targets = document["target"] ?? .object([])
        guard let members = targets.members else { throw CargoManifest.invalid("'target' is not a table") }
        for member in members {
            guard let target = CargoPlatform.normalized(member.name) else {
                throw CargoManifest.invalid("'\(CargoText.excerpt(member.name))' is not a platform")
            }
            found += try dependencies(of: member.value, target: target)
        }
        guard found.count <= CargoManifest.maximumDeclarations else {
            throw CargoManifest.invalid("it has more than \(CargoManifest.maximumDeclarations) dependencies")
        }
        return found.sorted(by: CargoDependency.precedes)
    }

    private func dependencies(of table: JSONValue, target: String?) throws(Problem) -> [CargoDependency] {
        var found: [CargoDependency] = []
        for (kind, names) in Self.tables {
            guard let value = names.lazy.compactMap({ table[$0] }).first else { continue }
            guard let members = value.members else { throw CargoManifest.invalid("'\(names[0])' is not a table") }
            for member in members {
                found.append(try dependency(member.name, member.value, kind: kind, target: target))
            }
        }
        return found
    }

    private func dependency(
        _ name: String, _ value: JSONValue, kind: CargoDependency.Kind, target: String?
    ) throws(Problem) -> CargoDependency {
        let label = "the dependency '\(CargoText.excerpt(name))'"
        guard CargoNames.isWord(name), name.utf8.count <= CargoNames.maximumLength else {
            throw CargoManifest.invalid("\(label) has an impossible name")
        }
        let table: JSONValue = value.stringValue.map { ["version": .string($0)] } ?? value
        guard table.members != nil else { throw CargoManifest.invalid("\(label) is neither a version nor a table") }
        for key in ["workspace", "git", "path", "registry", "artifact"] where table[key] != nil {
            throw CargoManifest.invalid("\(label) has '\(key)'; pack the crate with 'cargo package'")
        }
        guard let version = table["version"]?.stringValue, let requirement = CargoRequirement.normalized(version) else {
            throw CargoManifest.invalid("\(label) has no valid version requirement")
        }
        let package = try package(table["package"], alias: name, label)
        guard let optional = Self.flag(table["optional"], default: false),
            let defaults = Self.flag(table["default-features"] ?? table["default_features"], default: true)
        else { throw CargoManifest.invalid("\(label) has a flag that is neither true nor false") }
        return CargoDependency(
            name: name, package: package, requirement: requirement, features: try features(table["features"], label),
            isOptional: optional, usesDefaultFeatures: defaults, target: target, kind: kind,
            registry: try registry(table["registry-index"], label))
    }

    private func package(_ value: JSONValue?, alias: String, _ label: String) throws(Problem) -> String? {
        guard let value else { return nil }
        guard let name = value.stringValue, CargoNames.isValid(name) else {
            throw CargoManifest.invalid("\(label) names an impossible package")
        }
        return name == alias ? nil : name
    }

    private func features(_ value: JSONValue?, _ label: String) throws(Problem) -> [String] {
        let elements = value == nil ? [] : value?.arrayValue
        let names = elements?.compactMap(\.stringValue) ?? []
        guard let elements, names.count == elements.count, names.count <= CargoManifest.maximumDeclarations,
            names.allSatisfy({ CargoText.isPlain($0, limit: 256) })
        else { throw CargoManifest.invalid("\(label) has features that are none") }
        return Set(names).sorted()
    }

    private func registry(_ value: JSONValue?, _ label: String) throws(Problem) -> String? {
        guard let value else { return Cargo.cratesIO }
        guard let text = value.stringValue, let address = CargoDependency.registry(text) else {
            throw CargoManifest.invalid("\(label) has an impossible registry")
        }
        return ownIndexes.contains(address) ? nil : address
    }

    private static func flag(_ value: JSONValue?, default fallback: Bool) -> Bool? {
        value == nil ? fallback : value?.boolValue
    }
}
