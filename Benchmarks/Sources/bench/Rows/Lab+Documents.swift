import Foundation

extension Lab {
    /// How large the index documents are at least.
    static let sizes: [PackageBatch.Kind: Int] = [
        .wheel: 2 << 10, .crate: 2 << 10, .npm: 200 << 10, .composer: 20 << 10, .swift: 2 << 10, .maven: 2 << 10,
    ]
    /// Releases that are enough for those sizes.
    private static let mostReleases = 100

    /// The document that is read over and over.
    func hotDocument(_ kind: PackageBatch.Kind) throws -> ServedDocument {
        try publishHot(kind).document
    }

    /// Many documents of the same size as the hot one.
    func coldDocuments(_ kind: PackageBatch.Kind) throws -> [ServedDocument] {
        try documents("cold-\(kind.rawValue)") {
            let count = kind == .npm ? settings.coldPackuments : settings.coldDocuments
            let batch = try coldBatch(kind, count)
            Progress.say("publishing \(batch.bodies.count) releases of \(count) projects (\(kind.rawValue))")
            try hallmark().publish(batch)
            let client = HTTPClient(port: try hallmark().port)
            return try batch.projects.map { try shelve(kind, $0, client) }
        }
    }

    /// The wheels of the cold documents, which Hallmark holds.
    func coldWheels() throws -> PackageBatch {
        _ = try coldDocuments(.wheel)
        return try coldBatch(.wheel, settings.coldDocuments)
    }

    private func coldBatch(_ kind: PackageBatch.Kind, _ count: Int) throws -> PackageBatch {
        let name = "bench-cold-\(kind.rawValue)"
        return try batch(name) {
            try PackageBatch(
                settings, kind, name, projects: count, releases: try publishHot(kind).releases,
                keepsFiles: kind == .wheel)
        }
    }

    /// The wheels of the hot project, which every server holds.
    func hotWheels() throws -> PackageBatch {
        try batch("hot-wheel") {
            try PackageBatch(settings, .wheel, "bench-hot-wheel", releases: Self.mostReleases, keepsFiles: true)
        }
    }

    /// How many releases the hot project of a kind has.
    func hotReleases(_ kind: PackageBatch.Kind) throws -> Int { try publishHot(kind).releases }

    /// The POM of a release, which is a file and no index.
    func pom() throws -> ServedDocument {
        let found = try documents("pom") {
            _ = try publishHot(.maven)
            let path = Hallmark.pomPath("bench-hot-maven", version: "1.0.0")
            return [try shelve(path, Hallmark.headers(.maven), at: "maven/pom", HTTPClient(port: try hallmark().port))]
        }
        return found[0]
    }

    /// The one file of a project, as large as asked for.
    func download(_ kind: PackageBatch.Kind, _ name: String, bytes: Int) throws -> ServedDocument {
        let found = try documents(name) {
            let batch = try PackageBatch(settings, kind, name, releases: 1, fill: bytes)
            try hallmark().publish(batch)
            let client = HTTPClient(port: try hallmark().port)
            let path = Hallmark.filePath(kind, name, version: "1.0.0", file: batch.files.first ?? "")
            let body = try client.get(path).body
            guard body.count >= bytes else { throw BenchFailure("\(path) has only \(body.count) bytes") }
            let nginxPath = try nginx().put(body, at: "files/\(name)")
            return [
                ServedDocument(
                    path: path, nginxPath: nginxPath, headers: [:], length: body.count, compressedLength: nil)
            ]
        }
        return found[0]
    }

    /// Publishes releases of one project until its document is large enough.
    private func publishHot(_ kind: PackageBatch.Kind) throws -> (document: ServedDocument, releases: Int) {
        if let known = hot[kind] { return known }
        let name = "bench-hot-\(kind.rawValue)"
        let batch =
            kind == .wheel ? try hotWheels() : try PackageBatch(settings, kind, name, releases: Self.mostReleases)
        let hallmark = try hallmark()
        let client = HTTPClient(port: hallmark.port)
        for (index, request) in hallmark.requests(batch).enumerated() {
            try hallmark.publish([request], connections: 1)
            let body = try client.get(Hallmark.path(kind, name), headers: Hallmark.headers(kind)).body
            guard body.count >= Self.sizes[kind, default: 0] else { continue }
            let made = (try shelve(kind, name, client), index + 1)
            hot[kind] = made
            return made
        }
        throw BenchFailure("\(name) stays smaller than \(Self.sizes[kind, default: 0]) bytes")
    }

    private func shelve(_ kind: PackageBatch.Kind, _ name: String, _ client: HTTPClient) throws -> ServedDocument {
        try shelve(Hallmark.path(kind, name), Hallmark.headers(kind), at: "\(kind.rawValue)/\(name)", client)
    }

    /// Takes a document from Hallmark and puts the same bytes into nginx.
    private func shelve(
        _ path: String, _ headers: [String: String], at place: String, _ client: HTTPClient
    ) throws -> ServedDocument {
        let plain = try client.get(path, headers: headers).body
        let zipped = try client.get(path, headers: headers.merging(["Accept-Encoding": "gzip"]) { $1 })
        let compressed = zipped.headers["content-encoding"] == "gzip" ? zipped.body : nil
        let nginxPath = try nginx().put(plain, compressed: compressed, at: place)
        return ServedDocument(
            path: path, nginxPath: nginxPath, headers: headers, length: plain.count, compressedLength: compressed?.count
        )
    }
}
