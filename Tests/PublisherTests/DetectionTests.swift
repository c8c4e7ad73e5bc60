import Archives
import Foundation
import HTTPTypes
import HallmarkTesting
import RegistryModel
import Testing

@testable import Client

@Suite("What a path is")
struct DetectionTests {
    let home: ClientHome

    init() throws {
        home = try ClientHome()
    }

    private func detect(_ path: String, _ ecosystem: PublishEcosystem? = nil) throws -> PublishEcosystem {
        try Detection(PublishOptions(path: home.path(path), ecosystem: ecosystem)).ecosystem
    }

    @Test("A folder is what its manifest says", arguments: PublishEcosystem.allCases)
    func folders(ecosystem: PublishEcosystem) throws {
        for marker in ecosystem.markers {
            try home.write("", to: "\(marker)-folder/\(marker)")
            #expect(try detect("\(marker)-folder") == ecosystem)
        }
    }

    @Test("A folder that could be two things needs a word, and an empty one is nothing")
    func ambiguity() throws {
        try home.write("", to: "both/package.json")
        try home.write("", to: "both/Cargo.toml")
        let fault = #expect(throws: ClientFault.self) { try detect("both") }
        #expect(fault?.isUsage == true)
        #expect(fault?.detail.contains("--ecosystem cargo") == true, "\(fault?.detail ?? "")")
        #expect(try detect("both", .npm) == .npm)
        try home.write("", to: "nothing/readme.txt")
        #expect(throws: ClientFault.self) { try detect("nothing") }
        #expect(throws: ClientFault.self) { try detect("absent") }
    }

    @Test("An archive is what is in it")
    func archives() throws {
        func zip(_ name: String, _ paths: [String]) throws {
            try ZipWriter.write(paths.map { ($0, .bytes(Array("{}".utf8))) }, to: home.path(name))
        }
        try zip("composer.zip", ["composer.json", "package.json", "src/A.php"])
        try zip("inner.zip", ["top/composer.json", "top/src/A.php"])
        try zip("swift.zip", ["mona.List/Package.swift"])
        try zip("bundle.zip", ["org/example/a/1.0/a-1.0.pom", "org/example/a/1.0/a-1.0.jar"])
        try zip("a-1.0-py3-none-any.whl", ["a.py"])
        try zip("other.zip", ["readme.txt"])
        #expect(try detect("composer.zip") == .composer)
        #expect(try detect("inner.zip") == .composer)
        #expect(try detect("swift.zip") == .swift)
        #expect(try detect("bundle.zip") == .maven)
        #expect(try detect("a-1.0-py3-none-any.whl") == .pypi)
        #expect(throws: ClientFault.self) { try detect("other.zip") }
        try home.write("not an archive", to: "broken.zip")
        #expect(throws: ClientFault.self) { try detect("broken.zip") }
        try zip("a.jar", ["A.class"])
        let fault = #expect(throws: ClientFault.self) { try detect("a.jar") }
        #expect(fault?.detail.contains("bundle") == true)
    }

    @Test("A zip that is written is one that the registry's own reader takes, with every byte")
    func zips() throws {
        let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try home.write(Data(content), to: "big.bin")
        try ZipWriter.write(
            [
                ("a/ä.txt", .bytes(Array("hello".utf8))), ("a/empty", .bytes([])),
                ("a/big.bin", .file(try LocalFile(home.path("big.bin")))),
            ], to: home.path("out.zip"))
        let read = try readArchive(
            LocalFile(home.path("out.zip")), kind: .zip, limits: ArchiveLimits()
        ) { _ in true }
        #expect(read.entries.map(\.path) == ["a/ä.txt", "a/empty", "a/big.bin"])
        #expect(read.kept["a/big.bin"] == content)
        #expect(read.kept["a/ä.txt"] == Array("hello".utf8))
    }

    @Test(
        "The highest version among a commit's tags",
        arguments: [
            (["v1.2.3"], "1.2.3"), (["1.2.3"], "1.2.3"),
            (["latest", "v1.9.0", "v1.10.0-rc.1", "nightly"], "1.10.0-rc.1"),
            (["v1.10.0-rc.1", "v1.10.0"], "1.10.0"), (["release-1"], nil), ([], nil),
        ] as [([String], String?)])
    func tags(tags: [String], expected: String?) {
        #expect(Checkout.version(of: tags) == expected)
    }

    @Test("A body is put together from bytes and files, and its length is known before")
    func bodies() async throws {
        let content = (0..<(3 << 16) + 1).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try home.write(Data(content), to: "file")
        let file = try LocalFile(home.path("file"))
        let body = UploadBody([.bytes([1, 2]), .file(file), .bytes([]), .base64(file), .bytes([3])])
        var sent: [UInt8] = []
        #expect(
            try await body.forEachChunk {
                sent += $0
                return true
            })
        #expect(sent == [1, 2] + content + Array(Data(content).base64EncodedData()) + [3])
        #expect(sent.count == body.length)
        var first = 0
        #expect(
            try await body.forEachChunk {
                first += $0.count
                return false
            } == false)
        #expect(first == 2)
    }

    @Test(
        "Refusals are read in every dialect",
        arguments: [
            (#"{"code":"version-exists","detail":"It is there."}"#, "It is there.", "version-exists"),
            (#"{"error":"no"}"#, "no", nil), (#"{"errors":[{"detail":"a"},{"detail":"b"}]}"#, "a b", nil),
            (#"{"errors":[{"status":400,"message":"m"}]}"#, "m", nil), ("[]", "it gave no reason", nil),
            (#"{"detail":"red \u001b[31m\r\nnext"}"#, "red [31m next", nil),
        ] as [(String, String, String?)])
    func refusals(body: String, detail: String, code: String?) {
        let refusal = Refusal(HTTPAnswer(status: 409, headers: [:], body: Array(body.utf8)))
        #expect(refusal.detail == detail && refusal.code == code && refusal.status == 409)
    }
}
