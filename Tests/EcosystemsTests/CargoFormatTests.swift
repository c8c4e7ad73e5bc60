import Archives
import RegistryModel
import Testing

@testable import Ecosystems

@Suite("Inspection of crates")
struct CargoFormatTests {
    private static let rich = """
        edition = "2021"
        rust-version = "1.70"
        links = "oil"
        description = \"""
        A lamp
          with lines\"""
        license = "MIT OR Apache-2.0"
        authors = ["A <a@example.org>"]
        keywords = ["light", "oil"]
        homepage = "https://example.org"
        repository = "javascript:alert(1)"
        readme = "docs/about.md"

        [features]
        bright = ["dep:oil", "serde?/std"]
        default = ["bright"]
        plain = ["log/std"]

        [dependencies.log]
        version = "0.4"

        [dependencies.oil]
        version = "0.2"
        registry-index = "sparse+http://127.0.0.1:8080/cargo/"
        optional = true
        package = "real_oil"

        [dependencies.wick]
        version = ">=1, <2"
        registry-index = "sparse+http://other.example/"
        default-features = false
        features = ["b", "a"]

        [dev-dependencies.rand]
        version = "0.8"

        [target."cfg(target_os=\\"linux\\")".build-dependencies.cc]
        version = "=1.0.0"

        """

    private static let deps: JSONValue = [
        [
            "name": "real_oil", "explicit_name_in_toml": "oil", "version_req": "^0.2", "features": [], "optional": true,
            "default_features": true, "target": nil, "kind": "normal", "registry": nil,
        ],
        [
            "name": "log", "version_req": "^0.4", "features": [], "optional": false, "default_features": true,
            "target": nil,
            "kind": "normal", "registry": "https://github.com/rust-lang/crates.io-index",
        ],
        [
            "name": "rand", "version_req": "^0.8", "features": [], "optional": false, "default_features": true,
            "target": nil, "kind": "dev", "registry": "sparse+https://index.crates.io/",
        ],
        [
            "name": "wick", "version_req": ">=1, <2", "features": ["a", "b"], "optional": false,
            "default_features": false, "target": nil, "kind": "normal", "registry": "sparse+http://other.example/",
        ],
        [
            "name": "cc", "version_req": "=1.0.0", "features": [], "optional": false, "default_features": true,
            "target": "cfg(target_os = \"linux\")", "kind": "build",
            "registry": "https://github.com/rust-lang/crates.io-index",
        ],
    ]

    private static var fixture: CargoFixture {
        var fixture = CargoFixture(name: "Lamp-x", version: "0.1.0-rc.1+wick", manifest: rich)
        fixture.files += [("docs/about.md", "# Lamp\u{0}\n"), ("build.rs", "fn main() {}\n")]
        fixture.claim = [
            ("deps", deps),
            ("features", ["bright": ["dep:oil", "serde?/std"], "default": ["bright"], "plain": ["log/std"]]),
            ("links", "oil"), ("rust_version", "1.70"),
        ]
        return fixture
    }

    private static func inspect(_ fixture: CargoFixture) throws -> Manifest {
        let index = CargoIndex(base: "http://localhost:8080/cargo", requiresAuthentication: false)
        let claim = try CargoClaim(fixture.publish.bytes(), ownIndexes: index.addresses)
        let submission = try fixture.submission()
        return try CargoFormat().inspect(
            Submission(
                ecosystem: submission.ecosystem, name: claim.name, version: claim.version, files: submission.files,
                claim: claim.value), limits: .init())
    }

    @Test("Everything that pages and the index show comes from the crate")
    func metadata() throws {
        let manifest = try Self.inspect(Self.fixture)
        #expect(manifest.name.display == "Lamp-x")
        #expect(manifest.version == ReleaseVersion(display: "0.1.0-rc.1+wick", key: "0.1.0-rc.1"))
        #expect(manifest.fileName == "Lamp-x-0.1.0-rc.1+wick.crate")
        #expect(manifest.fileKind == "crate")
        #expect(manifest.summary == "A lamp with lines")
        #expect(manifest.license == "MIT OR Apache-2.0")
        #expect(manifest.homepage == "https://example.org")
        #expect(manifest.repository == nil)
        #expect(manifest.keywords == ["light", "oil"])
        #expect(manifest.authors == ["A <a@example.org>"])
        #expect(manifest.readme == Readme(mediaType: "text/markdown", text: "# Lamp\n"))
        #expect(manifest.installHooks == ["build.rs"])
        #expect(manifest.warnings.isEmpty)
    }

    @Test("The index line")
    func indexLine() throws {
        let document = try Self.inspect(Self.fixture).document
        #expect(document["name"] == "Lamp-x")
        #expect(document["vers"] == "0.1.0-rc.1+wick")
        #expect(document["v"] == 2)
        #expect(document["links"] == "oil")
        #expect(document["rust_version"] == "1.70")
        #expect(document["features"] == ["plain": ["log/std"]])
        #expect(document["features2"] == ["bright": ["dep:oil", "serde?/std"], "default": ["bright"]])
        #expect(document["cksum"]?.stringValue?.count == 64)
        #expect(document["yanked"] == nil && document["pubtime"] == nil)
        let deps = document["deps"]?.arrayValue ?? []
        #expect(deps.map { $0["name"]?.stringValue } == ["cc", "log", "oil", "rand", "wick"])
        #expect(deps[0]["target"] == "cfg(target_os = \"linux\")" && deps[0]["kind"] == "build")
        #expect(deps[1]["registry"]?.stringValue == Cargo.cratesIO && deps[1]["req"] == "^0.4")
        #expect(deps[2]["package"] == "real_oil" && deps[2]["registry"] == nil && deps[2]["optional"] == true)
        #expect(deps[4]["default_features"] == false && deps[4]["features"] == ["a", "b"])
    }

    @Test("Neutral dependencies name crates of this registry by their key and others never by it")
    func neutralDependencies() throws {
        let dependencies = try Self.inspect(Self.fixture).dependencies
        let oil = try #require(dependencies.first { $0.name == "real_oil" })
        #expect(oil.nameKey == "real_oil" && oil.kind == "runtime" && oil.isOptional && oil.requirement == "^0.2")
        let log = try #require(dependencies.first { $0.name == "log" })
        #expect(log.nameKey == "log \(Cargo.cratesIO)")
        #expect(dependencies.map(\.kind).sorted() == ["build", "dev", "runtime", "runtime", "runtime"])
    }

    @Test("A small crate has a line of the first schema, and is warned about what it lacks")
    func small() throws {
        let manifest = try CargoFixture().inspect()
        #expect(manifest.document["v"] == 1 && manifest.document["features2"] == nil)
        #expect(manifest.document["links"] == .null && manifest.document["rust_version"] == nil)
        #expect(manifest.readme == nil && manifest.installHooks.isEmpty)
        #expect(manifest.warnings == ["The crate names no license."])
    }

    private static let wrongFields: [(String, JSONValue)] = [
        ("deps", []), ("deps", "x"), ("features", [:]), ("features", ["bright": []]),
        ("features", ["bright": ["dep:oil", "x"]]), ("links", nil), ("links", "gas"), ("rust_version", "1.71"),
    ]

    @Test("Each field of the claim is held against the crate", arguments: wrongFields)
    func mismatches(field: String, value: JSONValue) {
        var fixture = Self.fixture
        fixture.claim = fixture.claim.map { $0.0 == field ? (field, value) : $0 }
        #expect {
            try Self.inspect(fixture)
        } throws: {
            let problem = $0 as? Problem
            return problem?.code == .metadataMismatch && problem?.detail.contains("'\(field)'") == true
        }
    }

    private static let wrongDependencyFields: [(String, JSONValue)] = [
        ("name", "other"), ("explicit_name_in_toml", "alias"), ("version_req", "^0.3"), ("version_req", "nonsense"),
        ("features", ["x"]), ("optional", false), ("default_features", false), ("target", "cfg(unix)"),
        ("kind", "build"), ("kind", "strange"), ("registry", "sparse+http://evil.example/"),
    ]

    @Test("Each field of a dependency is held against the crate", arguments: wrongDependencyFields)
    func dependencyMismatches(field: String, value: JSONValue) {
        var fixture = Self.fixture
        let elements = Self.deps.arrayValue ?? []
        let changed = [elements[0].setting(field, to: value)] + elements.dropFirst()
        fixture.claim[0] = ("deps", .array(changed))
        #expect {
            try Self.inspect(fixture)
        } throws: {
            let problem = $0 as? Problem
            return problem?.code == .metadataMismatch && problem?.detail.contains("'deps'") == true
        }
    }

    @Test("A dependency given twice is not one given once")
    func repeatedDependency() {
        var fixture = Self.fixture
        let elements = Self.deps.arrayValue ?? []
        fixture.claim[0] = ("deps", .array(elements + [elements[0]]))
        #expect(throws: Problem.self) { try Self.inspect(fixture) }
    }

    @Test("A dependency from another address of this registry is explained")
    func otherAddress() {
        var fixture = CargoFixture(
            manifest: "[dependencies.oil]\nversion = \"1\"\nregistry-index = \"sparse+http://else/\"\n")
        fixture.claim[0] = ("deps", [["name": "oil", "version_req": "^1"]])
        let detail = fixture.refusal()?.detail ?? ""
        #expect(detail.contains("sparse+http://else/") && detail.contains(CargoFixture.ownIndex))
    }

    @Test("Name and version must be the manifest's, letter by letter")
    func nameAndVersion() {
        var fixture = CargoFixture()
        fixture.manifestText = "[package]\nname = \"Lamp\"\nversion = \"0.1.0\"\n"
        #expect(fixture.refusal()?.code == .metadataMismatch)
        fixture.manifestText = "[package]\nname = \"lamp\"\nversion = \"0.1.0+x\"\n"
        #expect(fixture.refusal()?.code == .metadataMismatch)
        fixture.manifestText = "[package]\nname = \"lamp\"\nversion = \"0.1.0\"\n"
        #expect(fixture.refusal() == nil)
    }

    @Test("The claim's name decides the directory")
    func directory() {
        var fixture = CargoFixture()
        fixture.claimedName = "other"
        #expect(fixture.refusal()?.code == .archiveInvalid)
        fixture.claimedName = nil
        fixture.claimedVersion = "0.2.0"
        #expect(fixture.refusal()?.code == .archiveInvalid)
    }

    @Test(
        "Strange entries are refused",
        arguments: [
            ("lamp-0.1.0/link", "2", Problem.Code.archiveUnsafe), ("lamp-0.1.0/pipe", "6", .archiveUnsafe),
            ("other/file", "0", .archiveInvalid), ("lamp-0.1.0", "0", .archiveUnsafe),
            ("lamp-0.1.0x/file", "0", .archiveInvalid),
            ("../x", "0", .archiveUnsafe), ("lamp-0.1.0/cargo.toml", "0", .archiveUnsafe),
            ("lamp-0.1.0/Cargo.toml", "0", .archiveUnsafe),
        ])
    func strayEntries(path: String, type: String, code: Problem.Code) {
        let fixture = CargoFixture(strays: [(path, Character(type))])
        #expect(fixture.refusal()?.code == code)
    }

    @Test("Cargo.toml must be there, in that spelling")
    func missingManifest() {
        #expect(CargoFixture(manifestPath: "cargo.toml").refusal()?.code == .archiveInvalid)
        #expect(CargoFixture(manifestPath: "sub/Cargo.toml").refusal()?.code == .archiveInvalid)
        let large = "#" + String(repeating: "x", count: 1 << 20)
        #expect(CargoFixture(manifestText: large).refusal()?.code == .metadataInvalid)
    }

    @Test(
        "Manifests that cargo would not have packed are refused",
        arguments: [
            "nonsense", "[package]\nname = \"lamp\"", "package = 1",
            "[package]\nname = \"lamp\"\nversion.workspace = true",
            "[package]\nname = \"lamp\"\nversion = \"0.1.0\"\n[dependencies]\noil = { version = \"1\", git = \"https://x\" }",
            "[package]\nname = \"lamp\"\nversion = \"0.1.0\"\n[dependencies]\noil = { path = \"../oil\" }",
            "[package]\nname = \"lamp\"\nversion = \"0.1.0\"\n[dependencies]\noil = { workspace = true }",
            "[package]\nname = \"lamp\"\nversion = \"0.1.0\"\n[dependencies]\noil = { version = \"1\", registry = \"hm\" }",
            "[package]\nname = \"lamp\"\nversion = \"0.1.0\"\n[dependencies]\noil = { version = \"latest\" }",
            "[package]\nname = \"lamp\"\nversion = \"0.1.0\"\n[dependencies]\noil = 1",
            "[package]\nname = \"lamp\"\nversion = \"0.1.0\"\n[dependencies]\n\"o i l\" = \"1\"",
            "[package]\nname = \"lamp\"\nversion = \"0.1.0\"\n[dependencies]\noil = { version = \"1\", optional = \"yes\" }",
            "[package]\nname = \"lamp\"\nversion = \"0.1.0\"\n[target.\"cfg(\".dependencies]\noil = \"1\"",
            "[package]\nname = \"lamp\"\nversion = \"0.1.0\"\n[features]\na = \"b\"",
            "[package]\nname = \"lamp\"\nversion = \"0.1.0\"\nlinks = 5",
            "[package]\nname = \"lamp\"\nversion = \"0.1.0\"\nkeywords = \"x\"",
            "[package]\nname = \"lamp\"\nversion = \"0.1.0\"\nname = \"lamp\"",
            "[package]\nname = \"lamp\\u0000\"\nversion = \"0.1.0\"",
        ])
    func unpackedManifests(text: String) {
        #expect(CargoFixture(manifestText: text).refusal()?.code == .metadataInvalid)
    }

    @Test("A README in the usual place is found, one that is too large is not shown")
    func readmes() throws {
        var fixture = CargoFixture()
        fixture.files.append(("README", "plain"))
        #expect(try fixture.inspect().readme == Readme(mediaType: "text/plain", text: "plain"))
        fixture.manifest = "readme = false\n"
        #expect(try fixture.inspect().readme == nil)
        fixture.manifest = "readme = \"README.rst\"\nlicense = \"MIT\"\n"
        fixture.files = [("README.rst", String(repeating: "x", count: 600_000))]
        let manifest = try fixture.inspect()
        #expect(manifest.readme == nil)
        #expect(manifest.warnings.count == 1 && manifest.warnings[0].contains("README.rst"))
    }

    @Test("Code that runs when the crate is built is named")
    func installHooks() throws {
        #expect(try CargoFixture(manifest: "build = \"tool.rs\"\n").inspect().installHooks == ["tool.rs"])
        #expect(try CargoFixture(manifest: "[lib]\nproc-macro = true\n").inspect().installHooks == ["proc-macro"])
        let usual = CargoFixture(files: [("build.rs", "")])
        #expect(try usual.inspect().installHooks == ["build.rs"])
        var none = usual
        none.manifest = "build = false\n"
        #expect(try none.inspect().installHooks.isEmpty)
    }
}
