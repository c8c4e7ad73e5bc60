import Archives
import Crypto
import Ecosystems
import Foundation
import RegistryModel
import Testing

@Suite("npm tarballs")
struct NPMFormatTests {
    private static let manifest = """
        {"name":"@hm/tiny","version":"1.0.0","description":"A tiny thing","license":"MIT","keywords":["a","b"],
        "author":"Ada <ada@example.org> (https://example.org)","homepage":"https://example.org/tiny",
        "repository":"hm/tiny","bin":"./cli.js","dependencies":{"left":"^1.0.0","other":"npm:@s/real@~2.0","git":"u/p"},
        "optionalDependencies":{"maybe":"*"},"peerDependencies":{"host":">=1"},
        "peerDependenciesMeta":{"host":{"optional":true}},"devDependencies":{"test":"1"},
        "scripts":{"postinstall":"node setup.js","test":"x"},"engines":{"node":">=18"},"_private":1,"deprecated":"no"}
        """

    @Test("The manifest is made from the archive")
    func manifest() throws {
        let package = NPMTestPackage(Self.manifest, files: ["README.md": "# Tiny\n\nIt is tiny.\n", "cli.js": "1"])
        let manifest = try package.inspect()
        #expect(manifest.name.display == "@hm/tiny")
        #expect(manifest.version.display == "1.0.0")
        #expect(manifest.fileName == "tiny-1.0.0.tgz")
        #expect(manifest.fileKind == "tarball")
        #expect(manifest.summary == "A tiny thing")
        #expect(manifest.readme == Readme(mediaType: "text/markdown", text: "# Tiny\n\nIt is tiny.\n"))
        #expect(manifest.license == "MIT")
        #expect(manifest.homepage == "https://example.org/tiny")
        #expect(manifest.repository == "https://github.com/hm/tiny")
        #expect(manifest.keywords == ["a", "b"])
        #expect(manifest.authors == ["Ada"])
        #expect(manifest.installHooks == ["postinstall"])
        #expect(manifest.warnings.isEmpty)
    }

    @Test("A manifest with very many members costs no more than its length", .timeLimit(.minutes(10)))
    func manyMembers() throws {
        let names = (0..<40_000).map { "p\($0)" }
        let list = names.map { "\"\($0)\"" }.joined(separator: ",")
        let table = names.map { "\"\($0)\":\"1\"" }.joined(separator: ",")
        let head = "\"name\":\"many\",\"version\":\"1.0.0\""
        let bundle = NPMTestPackage("{\(head),\"bundleDependencies\":[\(list)]}")
        // More dependencies than are allowed.
        #expect(throws: Problem.self) { try bundle.inspect() }
        let commands = try NPMTestPackage("{\(head),\"bin\":{\(table)}}").inspect().document["bin"]
        #expect(commands?.members?.count == 40_000)
        let meta = names.prefix(4000).map { "\"\($0)\":{\"optional\":true}" }.joined(separator: ",")
        let peers = names.prefix(4000).map { "\"\($0)\":\"1\"" }.joined(separator: ",")
        let manifest = try NPMTestPackage(
            "{\(head),\"peerDependencies\":{\(peers)},\"peerDependenciesMeta\":{\(meta)}}"
        ).inspect()
        #expect(manifest.dependencies.filter { !$0.isOptional }.isEmpty)
    }

    @Test("Of commands with one name the last counts, at the first one's place")
    func repeatedCommands() throws {
        let text = #"{"name":"a","version":"1.0.0","bin":{"x/a":"1","b":"2","y/a":"3"}}"#
        let commands = try NPMTestPackage(text).inspect().document["bin"]
        #expect(commands == ["a": "3", "b": "2"])
    }

    @Test("Dependencies of every kind are listed; aliases and addresses are resolved")
    func dependencies() throws {
        let list = try NPMTestPackage(Self.manifest).inspect().dependencies
        let found = list.map { "\($0.kind) \($0.name) \($0.nameKey) \($0.requirement) \($0.isOptional)" }
        #expect(
            found == [
                "runtime left left ^1.0.0 false", "runtime @s/real @s/real ~2.0 false", "runtime git  u/p false",
                "optional maybe maybe * true", "peer host host >=1 true", "dev test test 1 false",
            ])
    }

    @Test("The served document is normalised, measured and signed")
    func document() throws {
        let signer = try NPMSigner(privateKey: NPMSigner.makePrivateKey(), createdAt: Timestamp(seconds: 0))
        let package = NPMTestPackage(Self.manifest, files: ["lib/a.js": "12345", "npm-shrinkwrap.json": "{}"])
        let document = try package.inspect(signer: signer).document
        #expect(document["bin"] == ["tiny": "cli.js"])
        #expect(document["_private"] == nil)
        #expect(document["deprecated"] == nil)
        #expect(document["_id"] == "@hm/tiny@1.0.0")
        #expect(document["hasInstallScript"] == true)
        #expect(document["_hasShrinkwrap"] == true)
        #expect(document["repository"]?["url"] == "git+https://github.com/hm/tiny.git")
        #expect(document["author"] == ["name": "Ada", "email": "ada@example.org", "url": "https://example.org"])
        let dist = try #require(document["dist"])
        #expect(dist["fileCount"] == 3)
        #expect(dist["unpackedSize"] == .integer(Int64(Self.manifest.utf8.count + 7)))
        let integrity = "sha512-" + Data(SHA512.hash(data: package.tarball)).base64EncodedString()
        #expect(dist["integrity"]?.stringValue == integrity)
        #expect(dist["shasum"]?.stringValue == Hex.encode(Insecure.SHA1.hash(data: package.tarball)))
        let signature = try #require(dist["signatures"]?.arrayValue?.first)
        #expect(signature["keyid"]?.stringValue == signer.keyID)
        let key = try P256.Signing.PublicKey(derRepresentation: signer.publicKeySPKI)
        let der = try #require(signature["sig"]?.stringValue.flatMap { Data(base64Encoded: $0) })
        #expect(
            key.isValidSignature(
                try .init(derRepresentation: der), for: Data("@hm/tiny@1.0.0:\(integrity)".utf8)))
    }

    @Test("Build metadata is stripped, as npm's client strips it")
    func buildMetadata() throws {
        let package = NPMTestPackage(#"{"name":"a","version":"v1.0.0+build.7"}"#)
        let manifest = try package.inspect(claim: ["name": "a", "version": "1.0.0"])
        #expect(manifest.version == ReleaseVersion(display: "1.0.0", key: "1.0.0"))
        #expect(manifest.document["version"] == "1.0.0")
    }

    @Test(
        "A version that is none",
        arguments: ["1.0", "1.0.0.0", "01.0.0", "latest", "", "9007199254740992.0.0", "1.0.0-"])
    func versions(text: String) throws {
        #expect(try NPMTestPackage("{\"name\":\"a\",\"version\":\"\(text)\"}").refusal()?.code == .versionInvalid)
    }

    @Test("A gyp file at the root is an install script unless the package says otherwise")
    func gyp() throws {
        let files = ["binding.gyp": "{}"]
        let with = try NPMTestPackage(#"{"name":"a","version":"1.0.0"}"#, files: files).inspect(
            claim: ["name": "a", "version": "1.0.0", "gypfile": true, "scripts": ["install": "node-gyp rebuild"]])
        #expect(with.installHooks == ["install"])
        #expect(with.document["hasInstallScript"] == true)
        let without = try NPMTestPackage(#"{"name":"a","version":"1.0.0","gypfile":false}"#, files: files).inspect()
        #expect(without.installHooks.isEmpty)
        #expect(without.document["hasInstallScript"] == nil)
    }

    @Test("`directories.bin` becomes commands")
    func binDirectory() throws {
        let package = NPMTestPackage(
            #"{"name":"a","version":"1.0.0","directories":{"bin":"./bin"}}"#,
            files: ["bin/one": "1", "bin/two.js": "2", "bin/.hidden": "3", "lib/x": "4"])
        let claim: JSONValue = ["name": "a", "version": "1.0.0", "bin": ["one": "bin/one", "two.js": "bin/two.js"]]
        #expect(try package.inspect(claim: claim).document["bin"] == ["one": "bin/one", "two.js": "bin/two.js"])
        let other: JSONValue = ["name": "a", "version": "1.0.0", "bin": ["one": "lib/x"]]
        #expect(try package.refusal(claim: other)?.code == .metadataMismatch)
    }

    @Test("Without a description the README's first paragraph is taken")
    func description() throws {
        let files = ["readme.markdown": "# T\n\nFirst line\nsecond line.\n\nMore.\n", "README.txt": "no"]
        let manifest = try NPMTestPackage(#"{"name":"a","version":"1.0.0"}"#, files: files).inspect()
        #expect(manifest.summary == "First line second line.")
        #expect(manifest.document["readmeFilename"] == "readme.markdown")
    }

    @Test("A README that is too large is left out with a word about it")
    func largeReadme() throws {
        let files = ["README.md": String(repeating: "x", count: 600 << 10)]
        let manifest = try NPMTestPackage(#"{"name":"a","version":"1.0.0"}"#, files: files).inspect()
        #expect(manifest.readme == nil)
        #expect(manifest.warnings.count == 1)
    }

    @Test("The top directory may have any name")
    func top() throws {
        let package = NPMTestPackage(#"{"name":"a","version":"1.0.0"}"#, files: ["index.js": ""], top: "a-master")
        #expect(try package.refusal() == nil)
    }
}

@Suite("npm tarballs that are refused")
struct NPMFormatRefusalTests {
    private static let manifest = #"{"name":"a","version":"1.0.0"}"#

    @Test("Anything beside the top directory")
    func beside() throws {
        for path in ["other/x", "x", "./package.json", "./x"] {
            var package = NPMTestPackage(Self.manifest)
            package.add(path, "1")
            #expect(try package.refusal()?.code == .archiveInvalid, "\(path)")
        }
    }

    @Test("Links, devices and paths that lead outside", arguments: [UInt8(ascii: "1"), UInt8(ascii: "2")])
    func links(kind: UInt8) throws {
        var package = NPMTestPackage(Self.manifest)
        package.add("package/link", "package/package.json", kind: kind)
        #expect(try package.refusal()?.code == .archiveUnsafe)
        var outside = NPMTestPackage(Self.manifest)
        outside.add("package/../../etc/passwd", "x")
        #expect(try outside.refusal()?.code == .archiveUnsafe)
    }

    @Test("A second package.json")
    func twice() throws {
        var package = NPMTestPackage(Self.manifest)
        package.add("package/package.json", #"{"name":"a","version":"1.0.0","bin":"evil"}"#)
        #expect(try package.refusal()?.code == .archiveUnsafe)
    }

    @Test("No package.json")
    func missing() throws {
        var package = NPMTestPackage(Self.manifest)
        package.entries[0].path = "package/lib/package.json"
        #expect(try package.refusal()?.code == .archiveInvalid)
    }

    @Test("Not a gzip-compressed tar")
    func damaged() throws {
        let bytes = Array("hello".utf8)
        let file = ReceivedFile(
            name: "x", digests: try NPMTestPackage.digests(bytes), content: MemoryByteSource(bytes))
        let submission = Submission(
            ecosystem: NPMFormat.ecosystem, name: "a", version: "1.0.0", files: [file], claim: .null)
        let signer = try NPMSigner(privateKey: NPMSigner.makePrivateKey(), createdAt: Timestamp(seconds: 0))
        #expect(throws: Problem.self) { try NPMFormat(signer: signer).inspect(submission, limits: .init()) }
    }

    @Test(
        "A package.json that is unusable",
        arguments: [
            "[]", "{", "{\"name\":\"a\",\"name\":\"b\",\"version\":\"1.0.0\"}", "\u{0}",
            "{\"name\":\"a\",\"version\":\"1.0.0\",\"x\":\"\(String(repeating: "x", count: 1 << 20))\"}",
        ])
    func manifests(text: String) throws {
        let claim: JSONValue = ["name": "a", "version": "1.0.0"]
        #expect(try NPMTestPackage(text).refusal(claim: claim)?.code == .metadataInvalid)
    }

    @Test("A digest that is not the tarball's")
    func digests() throws {
        let package = NPMTestPackage(Self.manifest)
        let integrity = "sha512-" + Data(SHA512.hash(data: package.tarball)).base64EncodedString()
        let shasum = Hex.encode(Insecure.SHA1.hash(data: package.tarball))
        let wrong = "sha512-" + Data(SHA512.hash(data: [1])).base64EncodedString()
        func refusal(_ integrity: String, _ shasum: String) throws -> Problem.Code? {
            let dist: JSONValue = ["integrity": .string(integrity), "shasum": .string(shasum)]
            return try package.refusal(claim: ["name": "a", "version": "1.0.0", "dist": dist])?.code
        }
        #expect(try refusal(integrity, shasum) == nil)
        #expect(try refusal("sha1-x sha999-ok", shasum) == .digestMismatch)
        #expect(try refusal("sha999-ok \(integrity)?opt", shasum.uppercased()) == nil)
        #expect(try refusal(wrong, shasum) == .digestMismatch)
        #expect(try refusal("\(integrity) \(wrong)", shasum) == .digestMismatch)
        #expect(try refusal(integrity, Hex.encode(Insecure.SHA1.hash(data: [1]))) == .digestMismatch)
        #expect(try refusal(integrity, "zz") == .digestMismatch)
    }

    @Test("Another name or version than the upload says")
    func coordinates() throws {
        let package = NPMTestPackage(Self.manifest)
        let claim: JSONValue = ["name": "a", "version": "1.0.0"]
        #expect(try package.refusal(claim: claim, name: "b")?.code == .metadataMismatch)
        #expect(try package.refusal(claim: claim, version: "1.0.1")?.code == .metadataMismatch)
        #expect(
            try package.refusal(claim: ["name": "a", "version": "1.0.1"], version: "1.0.0")?.detail.contains("version")
                == true)
        #expect(
            try package.refusal(claim: ["name": "b", "version": "1.0.0"], name: "a")?.detail.contains("name") == true)
    }
}
