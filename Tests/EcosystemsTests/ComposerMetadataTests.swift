import RegistryModel
import Testing

@testable import Ecosystems

@Suite("Composer's metadata")
struct ComposerMetadataTests {
    private static let base = "https://h.example/composer"
    private static let at = Timestamp(seconds: 1_767_323_045)

    private static func project(
        status: ProjectStatus = .active, reason: String? = nil, revision: Int64 = 1
    ) throws -> Project {
        Project(
            id: 1, ecosystem: Composer.ecosystem, name: try ComposerNames.projectName("hm/tiny"), visibility: .public,
            status: status, statusReason: reason, createdAt: at, updatedAt: at, revision: revision, latestVersion: nil,
            summary: nil)
    }

    private static func release(_ version: String, _ state: ReleaseState = .live, _ document: String? = nil) throws
        -> Release
    {
        let package = ComposerTestPackage(
            document: document ?? ComposerTestPackage().document, version: version)
        let manifest = try package.inspect()
        let file = PackageFile(
            id: 1, name: manifest.fileName, size: 1, digests: FileDigestsSample.none, publishedAt: at, receivedAt: at,
            kind: manifest.fileKind, document: manifest.fileDocument, metadataDigest: nil, isRemoved: false)
        return Release(
            id: 1, version: manifest.version, state: state, stateReason: nil, deprecation: nil, publishedAt: at,
            receivedAt: at, origin: "upload", publisher: "alice", publisherKind: .token, document: manifest.document,
            files: [file])
    }

    private static func entries(
        _ releases: [Release], development: Bool = false, project: Project? = nil
    ) throws -> [JSONValue] {
        let history = ProjectHistory(
            project: try project ?? Self.project(), releases: releases, tags: [:], members: [])
        let document = ComposerMetadata(history, base: base).document(development: development)
        #expect(document["minified"] == "composer/2.0" && document["security-advisories"] == [])
        return ComposerExpansion.expand(try #require(document["packages"]?["hm/tiny"]?.arrayValue))
    }

    @Test("Of a branch there is the build that was published last, or that its publisher went back to")
    func branches() throws {
        func build(_ digit: String, at seconds: Int64, _ branch: String = "dev-main") -> Release {
            let name = "\(branch)#\(String(repeating: digit, count: 16))"
            let time = Timestamp(seconds: seconds)
            return Release(
                id: seconds, version: ReleaseVersion(display: name, key: name), state: .live, stateReason: nil,
                deprecation: nil, publishedAt: time, receivedAt: time, origin: "upload", publisher: "alice",
                publisherKind: .token, document: .object([]), files: [])
        }
        let releases = [build("a", at: 1), build("f", at: 2), build("0", at: 3), build("b", at: 4, "1.x-dev")]
        func branches(_ tags: [String: String] = [:]) throws -> ComposerBranches {
            ComposerBranches(
                ProjectHistory(project: try Self.project(), releases: releases, tags: tags, members: []))
        }
        #expect(Set(try branches().newest.map(\.id)) == [3, 4])
        let back = ["dev-main": releases[0].version.display]
        #expect(Set(try branches(back).newest.map(\.id)) == [1, 4])
        #expect(try branches(back).surplus(keeping: 1) == [releases[1].version.display], "what is offered stays")
        #expect(try branches(back).surplus(keeping: 2).isEmpty)
        #expect(try branches().surplus(keeping: 2) == [releases[0].version.display])
    }

    @Test("Releases in one document and development versions in the other, newest first, yanked ones in none")
    func split() throws {
        let releases = try [
            Self.release("1.0.0"), Self.release("v1.10"), Self.release("1.9", .yanked), Self.release("2.0.0-RC1"),
            Self.release("dev-main"), Self.release("1.x-dev"), Self.release("1.2.0"),
        ]
        let stable = try Self.entries(releases)
        #expect(stable.map { $0["version"] } == ["2.0.0-RC1", "v1.10", "1.2.0", "1.0.0"])
        #expect(stable.map { $0["version_normalized"] } == ["2.0.0.0-RC1", "1.10.0.0", "1.2.0.0", "1.0.0.0"])
        let development = try Self.entries(releases, development: true)
        #expect(development.map { $0["version"] } == ["1.x-dev", "dev-main"])
        #expect(try Self.entries([]).isEmpty)
    }

    @Test("An entry says where its archive is, what it is, and when it came")
    func entry() throws {
        let entry = try #require(try Self.entries([Self.release("dev-feature/x")], development: true).first)
        #expect(entry["name"] == "hm/tiny" && entry["time"] == "2026-01-02T03:04:05+00:00")
        let dist = try #require(entry["dist"])
        let reference = dist["reference"]?.stringValue ?? ""
        #expect(dist["url"] == .string("\(Self.base)/dist/hm/tiny/hm-tiny-dev-feature+x-\(reference).zip"))
        #expect(dist["type"] == "zip" && dist["shasum"]?.stringValue?.count == 40)
        #expect(dist["reference"]?.stringValue?.count == 64)
        #expect(entry["abandoned"] == nil)
    }

    @Test("What a version drops is not inherited from the one before it")
    func unset() throws {
        let full = #"{"name":"hm/tiny","description":"d","require":{"php":">=7.4"},"extra":{"x":1}}"#
        let bare = #"{"name":"hm/tiny","description":"d"}"#
        let entries = try Self.entries([Self.release("1.0", .live, bare), Self.release("2.0", .live, full)])
        #expect(entries[0]["extra"] == ["x": 1] && entries[1]["extra"] == nil && entries[1]["require"] == nil)
        #expect(entries[1]["description"] == "d")
    }

    @Test("A member whose value means that it is gone is not there")
    func sentinel() {
        let versions: [JSONValue] = [["a": "__unset", "b": 1], ["a": nil, "b": "__unset", "c": 2]]
        #expect(ComposerMinifier.minify(versions) == [["b": 1], ["c": 2, "b": "__unset"]])
        #expect(ComposerMinifier.minify([]).isEmpty)
    }

    @Test(
        "Archived and deprecated projects are abandoned, for another where the reason says so",
        arguments: [
            ("acme/other", "acme/other"), ("Use acme/other instead.", "acme/other"), ("use 'acme/other'", "acme/other"),
            ("Replaced by acme/other.", "acme/other"), ("No longer maintained", nil), ("", nil),
            ("read/write is broken", nil), ("use hm/tiny", nil),
            ("Superseded by ACME/Other!", "acme/other"),
        ] as [(String, String?)])
    func abandoned(reason: String, replacement: String?) throws {
        for status in [ProjectStatus.archived, .deprecated] {
            let project = try Self.project(status: status, reason: reason)
            #expect(ComposerAbandonment.value(of: project) == replacement.map(JSONValue.string) ?? true)
            let entries = try Self.entries([Self.release("1.0"), Self.release("2.0")], project: project)
            #expect(entries.allSatisfy { $0["abandoned"] != nil })
        }
        #expect(ComposerAbandonment.value(of: try Self.project(reason: reason)) == nil)
    }

    @Test("What composer.json says about being abandoned stays with its version")
    func abandonedVersion() throws {
        let document = #"{"name":"hm/tiny","abandoned":"hm/new"}"#
        let entries = try Self.entries([Self.release("1.0"), Self.release("2.0", .live, document)])
        #expect(entries[0]["abandoned"] == "hm/new" && entries[1]["abandoned"] == nil)
    }

    @Test("Every change moves the date by at least a second, and it lies in the past")
    func lastModified() throws {
        let dates = try (1...100).map { ComposerMetadata.lastModified(try Self.project(revision: $0)) }
        #expect(zip(dates, dates.dropFirst()).allSatisfy { $0.seconds < $1.seconds })
        #expect(dates.allSatisfy { $0 < Self.at })
    }

    @Test("Addresses of metadata")
    func addresses() throws {
        let stable = try #require(ComposerAddress.package(vendor: "hm", file: "tiny.json"))
        #expect(stable.name == "hm/tiny" && !stable.isDevelopment)
        let development = try #require(ComposerAddress.package(vendor: "hm", file: "tiny~dev.json"))
        #expect(development.name == "hm/tiny" && development.isDevelopment)
        for (vendor, file) in [
            ("hm", "tiny"), ("Hm", "tiny.json"), ("hm", ".json"), ("hm", "~dev.json"), ("", "a.json"), ("..", "a.json"),
            ("hm", "a~dev~dev.json"), ("hm", "a/b.json"),
        ] {
            #expect(ComposerAddress.package(vendor: vendor, file: file) == nil, "\(vendor) \(file)")
        }
    }

    @Test("The root document names no package beside the patterns")
    func root() {
        let document = ComposerRoot.document(base: Self.base, patterns: ["hm/*"])
        #expect(document["packages"] == [] && document["available-package-patterns"] == ["hm/*"])
        #expect(document["metadata-url"] == "https://h.example/composer/p2/%package%.json")
    }
}

/// What a client does to take the short form apart.
enum ComposerExpansion {
    static func expand(_ versions: [JSONValue]) -> [JSONValue] {
        var current = JSONValue.object([])
        return versions.map { version in
            for member in version.members ?? [] {
                let isGone = member.value == "__unset"
                current = current.setting(member.name, to: isGone ? JSONValue?.none : member.value)
            }
            return current
        }
    }
}

/// Digests of nothing in particular.
private enum FileDigestsSample {
    static let none = FileDigests(
        sha256: SHA256Digest([UInt8](repeating: 0, count: 32)) ?? { preconditionFailure("32 bytes are a digest") }(),
        md5: [], sha1: [], sha512: [], blake2b256: [])
}
