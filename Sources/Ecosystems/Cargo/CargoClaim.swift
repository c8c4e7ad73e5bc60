import RegistryModel

/// What a client says about the crate it publishes: the JSON of the publish frame
/// ([web API, publish](https://doc.rust-lang.org/cargo/reference/registry-web-api.html#publish)).
struct CargoClaim {
    let name: String
    let version: String
    /// The client's JSON.
    let document: JSONValue
    /// The addresses of this registry's index: what the client leaves out of `registry`.
    let ownIndexes: [String]

    /// Reads the JSON of a frame.
    /// - Throws: `Problem` with ``Problem/Code/badRequest``.
    init(_ bytes: [UInt8], ownIndexes: [String]) throws(Problem) {
        let document: JSONValue
        do throws(JSONViolation) {
            document = try JSONValue.parse(bytes, maximumBytes: CargoFrameReader.maximumClaimBytes, maximumDepth: 16)
        } catch {
            throw Problem(
                .badRequest, "The publish request's JSON is malformed.", diagnostic: String(describing: error))
        }
        guard let name = document["name"]?.stringValue, let version = document["vers"]?.stringValue else {
            throw Problem(.badRequest, "The publish request's JSON has no 'name' or no 'vers'.")
        }
        self.init(name: name, version: version, document: document, ownIndexes: ownIndexes)
    }

    /// Reads the claim of a submission, as ``value`` made it.
    init(_ submission: Submission) {
        self.init(
            name: submission.name, version: submission.version, document: submission.claim["publish"] ?? .object([]),
            ownIndexes: submission.claim["indexes"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }

    private init(name: String, version: String, document: JSONValue, ownIndexes: [String]) {
        self.name = name
        self.version = version
        self.document = document
        self.ownIndexes = ownIndexes
    }

    /// The claim as a submission carries it.
    var value: JSONValue {
        ["indexes": .strings(ownIndexes), "publish": document]
    }

    /// Compares with the manifest in the crate, and refuses the first field that differs.
    ///
    /// Everything is brought into one spelling before. `rust_version` is compared where the client sends it; older ones do
    /// not.
    /// - Throws: `Problem` with ``Problem/Code/metadataMismatch`` naming the field.
    func check(against manifest: CargoManifest) throws(Problem) {
        func require(_ isEqual: Bool, _ field: String) throws(Problem) {
            if !isEqual { throw Self.mismatch(field) }
        }
        try require(document["name"]?.stringValue == manifest.name, "name")
        try require(document["vers"]?.stringValue == manifest.version, "vers")
        let claimed = try dependencies()
        if claimed != manifest.dependencies.counted { throw mismatch(of: claimed, manifest.dependencies.counted) }
        let features = try CargoFeatures(document["features"], fault: { _ in Self.mismatch("features") })
        try require(features == manifest.features, "features")
        try require(text("links") == manifest.links, "links")
        try require(text("rust_version") == nil || text("rust_version") == manifest.rustVersion, "rust_version")
    }

    private static func mismatch(_ field: String, _ more: String = "") -> Problem {
        Problem(
            .metadataMismatch,
            "The field '\(field)' of the publish request differs from Cargo.toml in the crate\(more).")
    }

    private func text(_ name: String) -> String? { document[name]?.stringValue }

    private func mismatch(of claimed: [CargoDependency: Int], _ packed: [CargoDependency: Int]) -> Problem {
        let missing = packed.keys.filter { claimed[$0] != packed[$0] }.sorted(by: CargoDependency.precedes).first
        let extra = claimed.keys.filter { claimed[$0] != packed[$0] }.sorted(by: CargoDependency.precedes).first
        guard let name = (missing ?? extra)?.name else { return Self.mismatch("deps") }
        if let missing, missing.registry != nil, claimed.keys.contains(where: { $0.name == name && $0.registry == nil })
        {
            let own = ownIndexes.first ?? ""
            return Self.mismatch(
                "deps",
                ": the crate takes '\(name)' from \(CargoText.excerpt(missing.registry ?? "", limit: 200)), the request from "
                    + "this registry (\(own))")
        }
        return Self.mismatch("deps", ": look at '\(CargoText.excerpt(name))'")
    }

    private func dependencies() throws(Problem) -> [CargoDependency: Int] {
        guard let value = document["deps"], !value.isNull else { return [:] }
        guard let elements = value.arrayValue, elements.count <= CargoManifest.maximumDeclarations else {
            throw Self.mismatch("deps")
        }
        var found: [CargoDependency] = []
        for element in elements { found.append(try dependency(element)) }
        return found.counted
    }

    private func dependency(_ value: JSONValue) throws(Problem) -> CargoDependency {
        let alias = value["explicit_name_in_toml"]?.stringValue
        let kind = value["kind"]?.stringValue ?? CargoDependency.Kind.normal.rawValue
        guard let crate = value["name"]?.stringValue, let kind = CargoDependency.Kind(rawValue: kind),
            let requirement = value["version_req"]?.stringValue.flatMap(CargoRequirement.normalized)
        else { throw Self.mismatch("deps") }
        let target = value["target"]?.stringValue
        let registry = value["registry"]?.stringValue
        let normalTarget = target.flatMap(CargoPlatform.normalized)
        let normalRegistry = registry.flatMap(CargoDependency.registry)
        guard (target == nil) == (normalTarget == nil), (registry == nil) == (normalRegistry == nil) else {
            throw Self.mismatch("deps")
        }
        return CargoDependency(
            name: alias ?? crate, package: alias == nil || alias == crate ? nil : crate, requirement: requirement,
            features: Set((value["features"]?.arrayValue ?? []).compactMap(\.stringValue)).sorted(),
            isOptional: value["optional"]?.boolValue ?? false,
            usesDefaultFeatures: value["default_features"]?.boolValue ?? true, target: normalTarget, kind: kind,
            registry: normalRegistry.flatMap { ownIndexes.contains($0) ? nil : $0 })
    }
}

extension [CargoDependency] {
    /// How often each stands in the list.
    var counted: [CargoDependency: Int] {
        reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}
