import Archives
import Formats
import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@testable import Ecosystems

@Suite("Swift source archives")
struct SwiftFormatTests {
    private static let manifest = """
        // swift-tools-version: 5.9
        import PackageDescription
        // .package(url: "https://example.org/comment", from: "1.0.0"),
        /* .package(id: "no.no", from: "1.0.0") /* nested */ */
        let note = ".package(id: \\"x.y\\")"
        let package = Package(
            name: "LinkedList", products: [.library(name: "LinkedList", targets: ["LinkedList"])],
            dependencies: [
                .package(id: "mona.Node", from: "1.0.0"),
                .package(url: "https://github.com/apple/swift-log.git", .upToNextMinor(from: "1.5.0")),
                .package(name: "Old", url: "https://github.com/x/old", exact: "2.0.0"),
                .package(url: "https://github.com/x/range", "1.0.0"..<"2.0.0"), .package(path: "../local"),
                .package(id: "mona.Node", from: "1.0.0"), .package(url: computed, from: "1.0.0"),
            ], targets: [.target(name: "LinkedList", dependencies: [.product(name: "Node", package: "mona.Node")])])

        """
    private static let metadata = """
        {"author":{"name":"Mona","email":"mona@example.org","organization":{"name":"Example"}},"description":"One thing",
        "licenseURL":"https://example.org/LICENSE","originalPublicationTime":"2025-01-31T00:00:00.123Z",
        "readmeURL":"https://example.org/README","repositoryURLs":["git@github.com:mona/LinkedList.git"],"other":1}
        """

    private struct Fixture {
        var files: [(path: String, content: String)] = [
            ("mona.LinkedList/Package.swift", SwiftFormatTests.manifest),
            ("mona.LinkedList/Sources/LinkedList/L.swift", "struct L {}\n"), ("mona.LinkedList/README.md", "# L\n"),
        ]
        var claim = SwiftPublishClaim(metadata: Array(SwiftFormatTests.metadata.utf8))
        var name = "Mona.LinkedList"
        var version = "1.1.0"
        var bytes: [UInt8]?

        func inspect() throws -> Manifest {
            let bytes = bytes ?? PyPITestPackage.zip(files)
            let file = ReceivedFile(
                name: "source-archive", digests: FileHasher.digests(of: bytes), content: MemoryByteSource(bytes))
            let submission = Submission(
                ecosystem: SwiftRegistry.ecosystem, name: name, version: version, files: [file], claim: claim.value)
            return try SwiftFormat().inspect(submission, limits: ArchiveLimits())
        }

        func kept() throws -> SwiftReleaseFile {
            try #require(try inspect().fileMetadata.flatMap(SwiftReleaseFile.init))
        }

        func refusal() throws -> Problem? {
            do {
                _ = try inspect()
                return nil
            } catch let problem as Problem {
                return problem
            }
        }
    }

    @Test("The manifest is made from the archive and the metadata")
    func whole() throws {
        let manifest = try Fixture().inspect()
        #expect(manifest.name.display == "Mona.LinkedList" && manifest.name.key == "mona.linkedlist")
        #expect(manifest.fileName == "mona.linkedlist-1.1.0.zip" && manifest.fileKind == "source-archive")
        #expect(manifest.summary == "One thing" && manifest.authors == ["Mona"])
        #expect(manifest.readme?.text == "# L\n")
        #expect(manifest.warnings.isEmpty)
        let repository = SourceRepository(
            key: "github.com/mona/linkedlist", address: "git@github.com:mona/LinkedList.git")
        #expect(manifest.repositories == [repository])
        #expect(manifest.fileDocument == .object([]))
        let kept = try Fixture().kept()
        #expect(kept.metadata?["author"]?["organization"]?["name"] == "Example")
        #expect(kept.metadata?["other"] == nil)
        #expect(kept.archiveSignature == nil && kept.metadataBytes == nil && kept.signatureFormat == nil)
        #expect(kept.manifests == [.init(file: "Package.swift", toolsVersion: "5.9.0", content: Self.manifest)])
    }

    @Test("The packages that a manifest names are listed")
    func dependencies() throws {
        let found = try Fixture().inspect().dependencies.map { "\($0.name)|\($0.nameKey)|\($0.requirement)" }
        #expect(
            found == [
                "mona.Node|mona.node|from: \"1.0.0\"",
                "https://github.com/apple/swift-log.git||.upToNextMinor(from:\"1.5.0\")",
                "https://github.com/x/old||exact: \"2.0.0\"", "https://github.com/x/range||\"1.0.0\"..<\"2.0.0\"",
            ])
    }

    @Test("Manifests for versions of the tools")
    func versionSpecific() throws {
        var fixture = Fixture()
        fixture.files += [
            ("mona.LinkedList/Package@swift-6.swift", "// swift-tools-version:6.0\n"),
            ("mona.LinkedList/Package@swift-5.10.swift", "// swift-tools-version:5.10\n"),
            ("mona.LinkedList/Sources/Package@swift-5.swift", "no manifest"),
        ]
        let kept = try fixture.kept()
        #expect(
            kept.manifests.map(\.file) == ["Package.swift", "Package@swift-5.10.swift", "Package@swift-6.swift"])
        for version in ["6", "6.0", "6.0.0"] {
            #expect(kept.manifest(for: version)?.file == "Package@swift-6.swift", "\(version)")
        }
        #expect(kept.manifest(for: nil)?.file == "Package.swift")
        for version in ["6.1", "5.9.0", "", "x", "6.0.0.0", "../6", "6.0.1", "-1"] {
            #expect(kept.manifest(for: version) == nil, "\(version)")
        }
        fixture.files.append(("mona.LinkedList/Package@swift-6.1.swift", "// swift-tools-version:6.2\n"))
        #expect(try fixture.refusal()?.detail.contains("states tools version 6.2.0") == true)
        fixture.files[fixture.files.count - 1] = (
            "mona.LinkedList/Package@swift-6.0.swift", "// swift-tools-version:6.0\n"
        )
        #expect(try fixture.refusal()?.detail.contains("same tools version") == true)
    }

    @Test("Of several faulty manifests the first by its name is explained, every time")
    func firstFault() throws {
        var fixture = Fixture()
        let names = ["Package.swift"] + (5...9).map { "Package@swift-\($0).swift" }
        fixture.files = names.shuffled().map { ("a/\($0)", "no tools version\n") }
        for _ in 0..<10 { #expect(try fixture.refusal()?.detail.hasPrefix("Package.swift cannot") == true) }
    }

    @Test("What is not a source archive")
    func archives() throws {
        var fixture = Fixture()
        fixture.files = [("Package.swift", Self.manifest)]
        #expect(try fixture.refusal()?.code == .archiveInvalid)
        fixture.files = [("a/Package.swift", Self.manifest), ("b/x", "")]
        #expect(try fixture.refusal()?.code == .archiveInvalid)
        fixture.files = [("a/b/Package.swift", Self.manifest)]
        #expect(try fixture.refusal()?.code == .archiveInvalid)
        fixture.files = [("a/Package.swift", "import PackageDescription\n")]
        #expect(try fixture.refusal()?.code == .metadataInvalid)
        fixture.files = [("a/Package.swift", "// swift-tools-version:5.9\n\u{0}")]
        #expect(try fixture.refusal()?.code == .metadataInvalid)
        let large = "// swift-tools-version:5.9\n" + String(repeating: "x", count: SwiftManifestFile.maximumBytes)
        fixture.files = [("a/Package.swift", large)]
        #expect(try fixture.refusal()?.code == .metadataInvalid)
        fixture.files = (4...9).map { number in
            let text = "// swift-tools-version:\(number).0\n" + String(repeating: "x", count: 200 << 10)
            return ("a/Package\(number == 4 ? "" : "@swift-\(number)").swift", text)
        }
        #expect(try fixture.refusal()?.detail.contains("bytes together") == true)
        fixture.files = [("a/Package.swift", Self.manifest), ("a/../x", "")]
        #expect(try fixture.refusal()?.code == .archiveUnsafe)
        fixture.bytes = Array("hello".utf8)
        #expect(try fixture.refusal() != nil)
    }

    @Test("Signatures and what they sign are kept byte for byte")
    func signatures() throws {
        var fixture = Fixture()
        fixture.claim.archiveSignature = [1, 2]
        #expect(try fixture.refusal()?.code == .badRequest)
        fixture.claim.format = "cms-1.0.0"
        #expect(try fixture.refusal()?.code == .badRequest)
        fixture.claim.metadataSignature = [3]
        let kept = try fixture.kept()
        #expect(kept.archiveSignature == "AQI=" && kept.metadataSignature == "Aw==")
        #expect(kept.signatureFormat == "cms-1.0.0")
        #expect(kept.metadataBytes.flatMap { Data(base64Encoded: $0) } == Data(Self.metadata.utf8))
        #expect(try fixture.inspect().fileDocument["signatureFormat"] == "cms-1.0.0")
        fixture.claim.format = "cms-2.0.0"
        #expect(try fixture.refusal()?.code == .badRequest)
        fixture.claim = SwiftPublishClaim(metadataSignature: [1])
        #expect(try fixture.refusal()?.code == .badRequest)
        fixture.claim = SwiftPublishClaim(archiveSignature: [1], format: "cms-1.0.0")
        #expect(try fixture.refusal() == nil)
    }

    @Test(
        "Metadata that the schema or SwiftPM would not take",
        arguments: [
            "", "[]", "{", #"{"author":{}}"#, #"{"author":"x"}"#, #"{"author":{"name":1}}"#, #"{"description":1}"#,
            #"{"licenseURL":"x"}"#, #"{"licenseURL":"https://a b"}"#, #"{"readmeURL":null}"#,
            #"{"originalPublicationTime":"2025-01-31"}"#, #"{"originalPublicationTime":"2025-01-31T00:00:00"}"#,
            #"{"originalPublicationTime":"2025-13-31T00:00:00Z"}"#,
            #"{"originalPublicationTime":"2025-01-31 00:00:00Z"}"#,
            #"{"repositoryURLs":"x"}"#, #"{"repositoryURLs":[1]}"#, #"{"author":{"name":"x","email":"y"}}"#,
            #"{"author":{"name":"x","organization":{}}}"#, #"{"description":"a","description":"b"}"#,
        ])
    func refusedMetadata(text: String) {
        #expect(throws: Problem.self) { try SwiftReleaseMetadata(Array(text.utf8)) }
    }

    @Test(
        "Metadata that they take",
        arguments: [
            "{}", #"{"repositoryURLs":[]}"#, #"{"originalPublicationTime":"2025-01-31T00:00:00+01:00"}"#,
            #"{"originalPublicationTime":"2025-01-31T23:59:60.5Z"}"#, #"{"x":[{}]}"#, #"{"licenseURL":"urn:x"}"#,
        ])
    func takenMetadata(text: String) throws {
        _ = try SwiftReleaseMetadata(Array(text.utf8))
    }

    @Test("Every cut and thousands of changed bytes are taken or explained")
    func mutations() throws {
        var random = SeededGenerator(seed: 99)
        var fixture = Fixture()
        let archive = PyPITestPackage.zip(fixture.files)
        for count in stride(from: 0, to: archive.count, by: 53) {
            fixture.bytes = Array(archive[..<count])
            _ = try fixture.refusal()
        }
        fixture.bytes = nil
        func changed(_ text: String) -> [UInt8] {
            var bytes = Array(text.utf8)
            for _ in 0...Int.random(in: 0...3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...127, using: &random)
            }
            return bytes
        }
        for _ in 0..<600 {
            fixture.claim.metadata = changed(Self.metadata)
            fixture.files[0].content = String(decoding: changed(Self.manifest), as: UTF8.self)
            _ = try fixture.refusal()
        }
    }

    @Test("A manifest of nothing but brackets is read in bounded time")
    func brackets() {
        let text = String(repeating: ".package(", count: 40_000) + String(repeating: "\"", count: 40_001)
        #expect(SwiftDependencyScan.dependencies(in: text).isEmpty)
    }
}
