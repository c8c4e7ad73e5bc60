import RegistryModel
import Testing

@testable import Ecosystems

@Suite("The sparse index")
struct CargoIndexTests {
    private static func history(_ versions: [(String, ReleaseState)]) throws -> ProjectHistory {
        let at = Timestamp(microseconds: 1_767_323_045_999_999)
        let project = Project(
            id: 1, ecosystem: Cargo.ecosystem, name: try CargoNames.projectName("Lamp-x"), visibility: .public,
            status: .active, statusReason: nil, createdAt: at, updatedAt: at, revision: 1, latestVersion: nil,
            summary: nil)
        let releases = try versions.enumerated().map { index, version in
            let fixture = CargoFixture(name: "Lamp-x", version: version.0)
            return Release(
                id: Int64(index), version: try CargoFormat().version(version.0), state: version.1, stateReason: nil,
                deprecation: nil, publishedAt: at.advanced(bySeconds: Int64(index)), receivedAt: at, origin: "upload",
                publisher: "alice", publisherKind: .token, document: try fixture.inspect().document, files: [])
        }
        return ProjectHistory(project: project, releases: releases, tags: [:], members: [])
    }

    @Test("One line of JSON for each version, yanked ones too, with the time of publication in seconds")
    func lines() throws {
        let file = CargoIndex.file(try Self.history([("0.1.0", .live), ("0.2.0+b", .yanked)]))
        let lines = try file.split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse($0) }
        #expect(file.last == UInt8(ascii: "\n"))
        #expect(lines.map { $0["vers"] } == ["0.1.0", "0.2.0+b"])
        #expect(lines.map { $0["yanked"] } == [false, true])
        #expect(lines.map { $0["pubtime"] } == ["2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"])
        #expect(lines.allSatisfy { $0["name"] == "Lamp-x" && $0["cksum"]?.stringValue?.count == 64 })
    }

    @Test("config.json")
    func configuration() throws {
        let open = CargoIndex(base: "https://h.example/cargo", requiresAuthentication: false)
        #expect(
            try JSONValue.parse(open.configuration())
                == ["dl": "https://h.example/cargo/api/v1/crates", "api": "https://h.example/cargo"])
        let closed = CargoIndex(base: "https://h.example/cargo", requiresAuthentication: true)
        #expect(try JSONValue.parse(closed.configuration())["auth-required"] == true)
    }

    @Test("The loopback address and its names are one index, other hosts are themselves")
    func addresses() {
        func addresses(_ base: String) -> Set<String> {
            Set(CargoIndex(base: base, requiresAuthentication: false).addresses)
        }
        #expect(
            addresses("http://localhost:8080/cargo") == [
                "sparse+http://localhost:8080/cargo/", "sparse+http://127.0.0.1:8080/cargo/",
                "sparse+http://[::1]:8080/cargo/",
            ])
        #expect(addresses("http://127.0.0.1/cargo").count == 3)
        #expect(addresses("https://localhost.example/cargo") == ["sparse+https://localhost.example/cargo/"])
        #expect(addresses("https://h.example/cargo") == ["sparse+https://h.example/cargo/"])
    }

    @Test("Features that need the second table take their users with them")
    func features() throws {
        let value: JSONValue = [
            "a": ["b"], "b": ["c"], "c": ["dep:x"], "d": ["e?/f"], "e": [], "g": ["e"], "h": ["h"],
        ]
        let features = try CargoFeatures(value, fault: { Problem(.badRequest, $0) })
        let (plain, extended) = features.split
        #expect(plain == ["e": [], "g": ["e"], "h": ["h"]])
        #expect(extended == ["a": ["b"], "b": ["c"], "c": ["dep:x"], "d": ["e?/f"]])
    }
}
