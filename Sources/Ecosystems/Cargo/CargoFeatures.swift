import RegistryModel

/// A crate's features: names and what each turns on.
struct CargoFeatures: Equatable {
    /// By name.
    let all: [String: [String]]

    /// Reads an object of lists; nil and null are no features.
    init(_ value: JSONValue?, fault: (String) -> Problem) throws(Problem) {
        guard let value, !value.isNull else {
            all = [:]
            return
        }
        guard let members = value.members, members.count <= CargoManifest.maximumDeclarations else {
            throw fault("'features' is not a table of at most \(CargoManifest.maximumDeclarations) features")
        }
        var all: [String: [String]] = [:]
        for member in members {
            let values = (member.value.arrayValue ?? []).compactMap(\.stringValue)
            guard CargoText.isPlain(member.name, limit: 256), values.count == member.value.arrayValue?.count,
                values.allSatisfy({ CargoText.isPlain($0, limit: 512) })
            else { throw fault("the feature '\(CargoText.excerpt(member.name))' is not a name with a list of names") }
            all[member.name] = values
        }
        self.all = all
    }

    /// The index's two tables.
    ///
    /// Clients before 1.60 fail on `dep:` and `?/`; what uses either goes to `features2`, which they do not read
    /// ([`features2`](https://doc.rust-lang.org/cargo/reference/registry-index.html#json-schema)), and so does every
    /// feature that turns on one of those, because without it the old clients' table would not be closed.
    var split: (plain: JSONValue, extended: JSONValue?) {
        var extended = Set(all.filter { $0.value.contains { $0.hasPrefix("dep:") || $0.contains("?/") } }.keys)
        var users: [String: [String]] = [:]
        for (name, values) in all {
            for value in values { users[value, default: []].append(name) }
        }
        var open = Array(extended)
        while let name = open.popLast() {
            for user in users[name] ?? [] where extended.insert(user).inserted { open.append(user) }
        }
        let plain = Self.table(all.filter { !extended.contains($0.key) })
        // Not `? nil :`, which would be JSON's null here.
        guard !extended.isEmpty else { return (plain, .none) }
        return (plain, Self.table(all.filter { extended.contains($0.key) }))
    }

    private static func table(_ features: [String: [String]]) -> JSONValue {
        .object(features.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .strings($0.value)) })
    }
}
