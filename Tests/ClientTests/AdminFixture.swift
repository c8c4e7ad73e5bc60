import Foundation
import HallmarkTesting
import RegistryModel
import Testing

/// The data directory that the first state with migrations made: two versions each of a wheel, a crate and an npm package,
/// of which one wheel is yanked and one crate removed.
struct AdminFixture {
    /// A folder that goes with this value's home.
    let home: ClientHome
    /// The data directory.
    let data: URL

    /// Unpacks the fixture; `isMigrated` says whether the database is brought up to date first.
    init(isMigrated: Bool = false) async throws {
        home = try ClientHome()
        let archive = Checkout.root.appending(path: "Tests/ClientTests/Fixtures/schema-1.tar.gz")
        let words = ["/bin/tar", "-xzf", archive.path(percentEncoded: false), "--no-same-owner"]
        try await Command(words, environment: [:], directory: home.directory).run().checked()
        data = home.directory.appending(path: "schema-1")
        if isMigrated { try await hallmark(["admin", "migrate"], data: "schema-1").checked() }
    }

    /// Runs `hallmark` with these words, and a data directory where one is given.
    func hallmark(
        _ words: [String], data: String? = nil, environment: [String: String] = [:], pipe: String = ""
    ) async throws -> CommandResult {
        let program = "'\(Checkout.hallmark.path(percentEncoded: false))'"
        let place = data.map { "--data '\(home.path($0))'" } ?? ""
        let line = "\(program) \(words.joined(separator: " ")) \(place) \(pipe)"
        return try await Command(["/bin/sh", "-c", line], environment: environment, directory: home.directory).run()
    }

    /// Holds everything that the server offers against the bytes that were published.
    func expectEverything(of server: ServerProcess, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let page = try await Probe.get(
            "\(server.url)/pypi/simple/oldlamp/", headers: ["Accept": "application/vnd.pypi.simple.v1+json"])
        let index = try JSONValue.parse(Array(page.body))
        let wheels = try #require(index["files"]?.arrayValue, sourceLocation: sourceLocation)
        #expect(wheels.count == 2 && wheels.last?["yanked"] == "leaks", sourceLocation: sourceLocation)
        for wheel in wheels {
            let name = try #require(wheel["filename"]?.stringValue)
            let digest = try #require(wheel["hashes"]?["sha256"]?.stringValue)
            let path = "/pypi/files/oldlamp/\(name.split(separator: "-")[1])/\(name)"
            try await expect(server, path, blob: digest, sourceLocation)
        }
        let line = try await Probe.get("\(server.url)/cargo/ol/d-/old-lamp").text
        let crate = try JSONValue.parse(Array(line.utf8))
        #expect(crate["vers"] == "1.0.0", "the other one is removed", sourceLocation: sourceLocation)
        let digest = try #require(crate["cksum"]?.stringValue)
        try await expect(server, "/cargo/api/v1/crates/old-lamp/1.0.0/download", blob: digest, sourceLocation)
        let packument = try await Probe.get("\(server.url)/npm/@old%2flamp")
        let versions = try JSONValue.parse(Array(packument.body))["versions"]
        for version in ["1.0.0", "1.1.0"] {
            let text = try #require(versions?[version]?["dist"]?["tarball"]?.stringValue)
            let path = try #require(URL(string: text)).path(percentEncoded: true)
            try await expect(server, path, blob: nil, sourceLocation)
        }
    }

    private func expect(
        _ server: ServerProcess, _ path: String, blob digest: String?, _ sourceLocation: SourceLocation
    ) async throws {
        let answer = try await Probe.get(server.url + path)
        #expect(answer.status == 200, "\(path)", sourceLocation: sourceLocation)
        let published = try blobs().filter { digest == nil || $0.key == digest }
        #expect(published.values.contains(answer.body), "\(path)", sourceLocation: sourceLocation)
    }

    /// The published bytes by their digest, as the first state stored them.
    private func blobs() throws -> [String: Data] {
        var found: [String: Data] = [:]
        let folder = data.appending(path: "blobs")
        for case let file as URL in FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
            ?? .init()
        {
            if file.lastPathComponent.count == 64 { found[file.lastPathComponent] = try Data(contentsOf: file) }
        }
        return found
    }

    /// The paths of all blobs, below their folder.
    func blobPaths() throws -> [String] {
        let walker = FileManager.default.enumerator(atPath: data.appending(path: "blobs").path(percentEncoded: false))
        let paths = walker?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.split(separator: "/").last?.count == 64 }.sorted()
    }

    /// Some blob that is needed.
    func anyBlob() throws -> URL {
        data.appending(path: "blobs").appending(path: try #require(blobPaths().first))
    }
}
