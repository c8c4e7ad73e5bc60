import Archives
import Ecosystems
import Formats
import HallmarkTesting
import RegistryModel
import Testing

@Suite("PHP packages")
struct ComposerFormatTests {
    private static let whole = """
        {"name":"hm/tiny","description":" A tiny\\n thing ","type":"composer-plugin","license":["MIT","GPL-2.0-only"],
        "version":"v1.0","keywords":["a","b"],"homepage":"https://example.org/tiny","readme":"README.md",
        "authors":[{"name":"Ada","email":"ada@example.org"},{"name":"Bob"}],"abandoned":"hm/other",
        "support":{"source":"https://example.org/src","docs":"https://example.org/docs"},"bin":"bin/tiny",
        "require":{"php":">=7.4","ext-json":"*","Hm/Core":"^1.0 || ^2.0"},"require-dev":{"hm/test":"~1.2@dev"},
        "replace":{"hm/old":"self.version"},"autoload":{"psr-4":{"Hm\\\\":"src/"}},"extra":{"x":1},
        "config":{"sort-packages":true},"scripts":{"test":"phpunit"},"minimum-stability":"dev",
        "source":{"type":"git","url":"https://example.org/x.git","reference":"main"}}
        """

    @Test("The manifest is made from composer.json")
    func manifest() throws {
        let package = ComposerTestPackage(document: Self.whole, files: [("README.md", "# Tiny\n"), ("bin/tiny", "x")])
        let manifest = try package.inspect()
        #expect(manifest.name.display == "hm/tiny" && manifest.name.key == "hm/tiny")
        #expect(manifest.version == ReleaseVersion(display: "v1.0", key: "1.0.0.0"))
        #expect(manifest.fileName == "hm-tiny-v1.0.zip" && manifest.fileKind == "zip")
        #expect(manifest.summary == "A tiny thing")
        #expect(manifest.readme == Readme(mediaType: "text/markdown", text: "# Tiny\n"))
        #expect(manifest.license == "(MIT OR GPL-2.0-only)")
        #expect(manifest.homepage == "https://example.org/tiny")
        #expect(manifest.repository == "https://example.org/src")
        #expect(manifest.documentation == "https://example.org/docs")
        #expect(manifest.authors == ["Ada", "Bob"])
        #expect(manifest.keywords == ["a", "b"])
        #expect(manifest.installHooks == ["composer-plugin"])
        #expect(manifest.warnings.isEmpty)
        let found = manifest.dependencies.map { "\($0.kind) \($0.name) \($0.nameKey) \($0.requirement)" }
        #expect(
            found == [
                "runtime php  >=7.4", "runtime ext-json  *", "runtime Hm/Core hm/core ^1.0 || ^2.0",
                "dev hm/test hm/test ~1.2@dev",
            ])
    }

    @Test("The document holds what clients use and nothing else")
    func document() throws {
        let package = ComposerTestPackage(document: Self.whole)
        let manifest = try package.inspect()
        let document = manifest.document
        #expect(document["version"] == "v1.0" && document["version_normalized"] == "1.0.0.0")
        #expect(document["license"] == ["MIT", "GPL-2.0-only"] && document["bin"] == ["bin/tiny"])
        #expect(document["require"]?["Hm/Core"] == "^1.0 || ^2.0")
        #expect(document["abandoned"] == "hm/other" && document["replace"]?["hm/old"] == "self.version")
        for member in ["config", "scripts", "minimum-stability", "source", "dist", "readme"] {
            #expect(document[member] == nil, "\(member)")
        }
        let digests = FileHasher.digests(of: package.zip)
        #expect(manifest.fileDocument["reference"]?.stringValue == digests.sha256.hex)
        #expect(manifest.fileDocument["shasum"]?.stringValue == Hex.encode(digests.sha1))
    }

    @Test("composer.json may be at the root or in the only top directory, of a zip or a tar")
    func places() throws {
        for top in [nil, "tiny-1.0", "src"] {
            let package = ComposerTestPackage(top: top)
            #expect(try package.inspect().fileKind == "zip")
            #expect(try package.inspect(package.tarball).fileKind == "tar")
            #expect(try package.inspect(package.tarball).fileName == "hm-tiny-1.0.0.tar")
        }
        var deeper = ComposerTestPackage(top: "a/b")
        #expect(try deeper.refusal()?.code == .archiveInvalid)
        deeper.top = "a"
        var archive = NPMTestPackage("")
        archive.entries = [
            ("a/composer.json", UInt8(ascii: "0"), Array(deeper.document.utf8)), ("b", UInt8(ascii: "0"), [1]),
        ]
        #expect(try deeper.refusal(archive.tarball)?.code == .archiveInvalid)
    }

    @Test("The version comes from the file, or from the request where the file has none")
    func versions() throws {
        var package = ComposerTestPackage()
        package.version = "v2.0.0-RC1"
        #expect(try package.inspect().version == ReleaseVersion(display: "v2.0.0-RC1", key: "2.0.0.0-RC1"))
        package.version = ""
        #expect(try package.refusal()?.code == .versionInvalid)
        package.document = #"{"name":"hm/tiny","version":"1.0"}"#
        #expect(try package.inspect().version.key == "1.0.0.0")
        package.version = "v1.0.0"
        #expect(try package.inspect().version.display == "1.0")
        package.version = "1.1"
        #expect(try package.refusal()?.code == .metadataMismatch)
        package.name = "hm/other"
        #expect(try package.refusal()?.code == .metadataMismatch)
    }

    @Test("Each publish of a branch is a build with a name, a file and an address of its own")
    func builds() throws {
        var package = ComposerTestPackage()
        let digest = FileHasher.digests(of: package.zip).sha256.hex
        for (branch, key, stem) in [
            ("dev-main", "dev-main", "dev-main"), ("dev-a/b", "dev-a/b", "dev-a+b"),
            ("1.x-dev", "1.9999999.9999999.9999999-dev", "1.x-dev"), ("1.0-dev", "1.0.0.0-dev", "1.0-dev"),
        ] {
            package.version = branch
            let manifest = try package.inspect()
            #expect(manifest.version.display == "\(branch)#\(digest.prefix(16))")
            #expect(manifest.version.key == "\(key)#\(digest.prefix(16))")
            #expect(manifest.fileName == "hm-tiny-\(stem)-\(digest).zip")
            #expect(manifest.document["version"] == .string(branch), "clients know the branch")
            #expect(try ComposerFormat().version(manifest.version.display) == manifest.version)
            package.version = manifest.version.display
            #expect(try package.inspect().version == manifest.version)
        }
        package.version = "dev-main#0123456789abcdef"
        #expect(try package.refusal()?.code == .metadataMismatch, "another archive's")
        for text in ["1.0#0123456789abcdef", "dev-main#0123", "dev-main#0123456789ABCDEF", "dev-../x#0123456789abcdef"]
        {
            #expect(throws: Problem.self) { try ComposerFormat().version(text) }
        }
    }

    @Test("What an archive says about itself is known before it is published")
    func identify() throws {
        let package = ComposerTestPackage(document: #"{"name":"hm/tiny","version":"1.0"}"#)
        let found = try ComposerFormat().identify(MemoryByteSource(package.zip), limits: ArchiveLimits())
        #expect(found.name == "hm/tiny" && found.version == "1.0")
    }

    @Test(
        "Versions that are refused",
        arguments: [
            "", "1.0@dev", "1.0 as 2.0", "1.0+x", "dev-", "dev-../x", "dev-a//b", "a", "1.0#x", "dev-é", "dev-a b",
        ])
    func refusedVersions(text: String) {
        #expect(throws: Problem.self) { try ComposerFormat().version(text) }
    }

    @Test(
        "A composer.json that is unusable",
        arguments: [
            "[]", "{", "null", "{}", #"{"name":"tiny"}"#, #"{"name":"Hm/Tiny"}"#, #"{"name":"hm/tiny","name":"hm/x"}"#,
            #"{"name":"hm/tiny","require":{"x/y":"^"}}"#, #"{"name":"hm/tiny","require":{"x":"*"}}"#,
            #"{"name":"hm/tiny","require":[]}"#, #"{"name":"hm/tiny","authors":[{"email":"x"}]}"#,
            #"{"name":"hm/tiny","license":1}"#, #"{"name":"hm/tiny","type":"A"}"#, #"{"name":"hm/tiny","abandoned":1}"#,
            #"{"name":"hm/tiny","version":"x"}"#, #"{"name":"hm/tiny","bin":[1]}"#, #"{"name":"hm/tiny","dist":{}}"#,
            "{\"name\":\"hm/tiny\",\"extra\":{\"x\":\"\(String(repeating: "x", count: 1 << 20))\"}}",
        ])
    func manifests(text: String) throws {
        let problem = try #require(try ComposerTestPackage(document: text).refusal())
        #expect(problem.code == .metadataInvalid && problem.detail.hasPrefix("composer.json cannot be accepted: "))
        #expect(!problem.detail.contains("\n") && problem.detail.utf8.count < 400)
    }

    @Test("Unsafe archives and archives of another kind")
    func archives() throws {
        var package = ComposerTestPackage()
        package.files = [("../x", "1")]
        #expect(try package.refusal()?.code == .archiveUnsafe)
        package.files = [("composer.json", "{}")]
        #expect(try package.refusal()?.code == .archiveUnsafe)
        #expect(try package.refusal(Array("hello".utf8))?.code == .archiveInvalid)
        #expect(try package.refusal([])?.code == .archiveInvalid)
    }

    @Test("Every cut and thousands of changed bytes are taken or explained")
    func mutations() throws {
        let package = ComposerTestPackage(document: Self.whole)
        var random = SeededGenerator(seed: 91)
        for bytes in [package.zip, package.tarball] {
            for count in stride(from: 0, to: bytes.count, by: 41) { _ = try package.refusal(Array(bytes[..<count])) }
        }
        let text = Array(Self.whole.utf8)
        for _ in 0..<600 {
            var changed = text
            for _ in 0...Int.random(in: 0...2, using: &random) {
                changed[Int.random(in: text.indices, using: &random)] = UInt8.random(in: 32...126, using: &random)
            }
            var package = package
            package.document = String(decoding: changed, as: UTF8.self)
            _ = try package.refusal()
        }
    }
}

@Suite("PHP package names")
struct ComposerNameTests {
    @Test("Names that may be", arguments: ["a/b", "hm/tiny", "a-b_c.d/e--f", "0/1", "symfony/polyfill-php80"])
    func valid(name: String) throws {
        #expect(try ComposerNames.projectName(name).key == name)
    }

    @Test(
        "Names that may not be",
        arguments: [
            "", "a", "a/", "/b", "a/b/c", "-a/b", "a-/b", "a--b/c", "a/b---c", "a/b-_c", "a/.b", "a b/c", "é/b", "A/b",
            "a/b\n", String(repeating: "a", count: 199) + "/b",
        ])
    func invalid(name: String) {
        #expect(throws: Problem.self) { try ComposerNames.projectName(name) }
        if name != "A/b" { #expect(ComposerFormat().lookupKey(name) == nil) }
    }

    @Test("Reserved names are refused to publishers")
    func reserved() throws {
        for name in ["con/x", "x/nul", "x/y.json"] {
            #expect(throws: Problem.self) { try ComposerNames.projectName(name) }
            #expect(ComposerFormat().lookupKey(name) == name)
        }
    }

    @Test("Readers may write in any case, and look-alikes fold")
    func forms() throws {
        #expect(ComposerFormat().lookupKey("Hm/Tiny") == "hm/tiny")
        let names = try ["a-b/c.d", "ab/cd", "a_b/c--d"].map { try ComposerNames.projectName($0).confusable }
        #expect(Set(names).count == 1)
        #expect(ComposerNames.vendor("a/b") == "a")
    }

    @Test("Platform packages")
    func platform() {
        for name in ["php", "PHP", "php-64bit", "ext-json", "lib-icu", "composer-runtime-api", "hhvm"] {
            #expect(ComposerNames.isPlatform(name), "\(name)")
        }
        for name in ["php-x", "ext-", "lib", "a/php", "ext-a--b"] {
            #expect(!ComposerNames.isPlatform(name), "\(name)")
        }
    }
}
