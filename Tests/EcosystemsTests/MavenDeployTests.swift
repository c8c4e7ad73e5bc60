import Accounts
import Ecosystems
import Formats
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("Maven repositories over HTTP")
struct MavenDeployTests {
    private static let metadata = "releases/org/hm/test/tiny/maven-metadata.xml"

    @Test("A deployment is hidden until its metadata comes, and then one release with every file and digest")
    func deploy() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            let sample = MavenSample()
            #expect(try await server.put(sample, token: token) == [])
            let place = "releases/\(sample.directory)/tiny-1.0"
            for path in ["\(place).pom", "\(place).jar", "\(place).jar.sha1", Self.metadata] {
                #expect(try await server.read(path).status == 404, "\(path)")
            }
            #expect(try await server.complete(sample, token: token).status == 201)
            let jar = try await server.read("\(place).jar")
            #expect(jar.status == 200 && jar.body == sample.jar)
            let digests = FileHasher.digests(of: sample.jar)
            #expect(jar["X-Checksum-SHA1"] == Hex.encode(digests.sha1))
            #expect(jar["Cache-Control"]?.contains("immutable") == true)
            for checksum in ["md5": digests.md5, "sha1": digests.sha1, "sha256": digests.sha256.bytes] {
                #expect(try await server.read("\(place).jar.\(checksum.key)").text == Hex.encode(checksum.value))
            }
            #expect(try await server.read("\(place).jar.sha512").text == Hex.encode(digests.sha512))
            let head = try await server.exchange("HEAD /maven/\(place).pom")
            #expect(head.status == 200 && head["Content-Length"] == "\(sample.pom.count)")
            let metadata = try await server.read(Self.metadata)
            #expect(
                metadata.text.contains("<version>1.0</version>") && metadata.text.contains("<release>1.0</release>"))
            let sha1 = try await server.read(Self.metadata + ".sha1").text
            #expect(sha1 == Hex.encode(FileHasher.digests(of: metadata.body).sha1))
            let history = try await server.registry.catalog.history(
                Maven.ecosystem, name: "org.hm.test:tiny", for: .anonymous)
            #expect(history.releases.map { $0.files.count } == [2])
        }
    }

    @Test("The metadata completes the version that it calls the release, and leaves others of the artifact as they are")
    func meant() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            let half = MavenSample()
            _ = try await server.put("releases/\(half.directory)/tiny-1.0.pom", half.pom, token: token)
            var whole = MavenSample()
            whole.version = "1.1"
            #expect(try await server.put(whole, token: token) == [])
            func complete(_ release: String) async throws -> Int {
                let document = Array("<metadata><versioning><release>\(release)</release></versioning></metadata>".utf8)
                return try await server.put(Self.metadata, document, token: token).status
            }
            #expect(try await complete("1.1") == 201)
            #expect(try await server.read("releases/\(whole.directory)/tiny-1.1.jar").body == whole.jar)
            #expect(try await complete("1.0") == 400, "its jar is missing")
            #expect(try await server.put(half, token: token) == [])
            #expect(try await complete("1.0") == 201)
            #expect(try await server.read("releases/\(half.directory)/tiny-1.0.pom").body == half.pom)
        }
    }

    @Test("Published files never change; the same bytes are no error")
    func immutable() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            var sample = MavenSample()
            #expect(try await server.deploy(sample, token: token).status == 201)
            #expect(try await server.put(sample, token: token) == [])
            #expect(try await server.complete(sample, token: token).status == 201)
            sample.content = "2"
            let refused = try await server.put("releases/\(sample.directory)/tiny-1.0.jar", sample.jar, token: token)
            #expect(refused.status == 409 && refused.reason.contains("already published"), "\(refused.reason)")
            let late = try await server.put("releases/\(sample.directory)/tiny-1.0-x.jar", sample.jar, token: token)
            #expect(late.status == 409 && late.reason.contains("takes no more files"), "\(late.reason)")
            // A client that waits for leave to send is refused before it does, on a connection that ends.
            let early = try await server.put(
                "releases/\(sample.directory)/tiny-1.0-y.jar", sample.jar, token: token,
                headers: ["Expect: 100-continue"])
            #expect(early.status == 409)
        }
    }

    @Test("Everything that is wrong is said at once, in the status line and as JSON, and nothing is published")
    func refusals() async throws {
        try await EcosystemServer.withMaven(policy: MavenPolicy(unclaimed: Set(MavenPolicy.Demand.allCases))) {
            server in
            let token = try await server.token("bob")
            let sample = MavenSample()
            let place = "releases/\(sample.directory)"
            _ = try await server.put("\(place)/tiny-1.0.pom", sample.pom, token: token)
            _ = try await server.put("\(place)/tiny-1.0.jar", sample.jar, token: token)
            let zeros = Array(String(repeating: "0", count: 40).utf8)
            let wrong = try await server.put("\(place)/tiny-1.0.jar.sha1", zeros, token: token)
            #expect(wrong.status == 400)
            let refused = try await server.complete(sample, token: token)
            #expect(refused.status == 400 && refused.reason.hasPrefix("org.hm.test:tiny 1.0 is not published"))
            #expect(refused["Content-Type"] == "application/problem+json")
            let errors = try JSONValue.parse(refused.body)["errors"]?.arrayValue?.compactMap(\.stringValue) ?? []
            for word in [
                "<name>", "<description>", "<url>", "license", "developer", "<scm>", "'sources'", "'javadoc'",
                ".jar.asc",
                "tiny-1.0.jar.sha1 is not", "tiny-1.0.pom.md5",
            ] {
                #expect(errors.contains { $0.contains(word) }, "\(word): \(errors)")
            }
            #expect(try await server.read(Self.metadata).status == 404)
            // The next attempt begins anew.
            #expect(try await server.complete(sample, token: token).status == 201)
            #expect(try await server.read(Self.metadata).status == 404)
        }
    }

    @Test("An incomplete deployment is refused with what is missing")
    func incomplete() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            let sample = MavenSample()
            let place = "releases/\(sample.directory)"
            let pom = "\(place)/tiny-1.0.pom"
            _ = try await server.put(pom, sample.pom, token: token, headers: ["X-Generate-Checksums: true"])
            let refused = try await server.complete(sample, token: token)
            #expect(refused.status == 400 && refused.reason.contains("no file tiny-1.0.jar"), "\(refused.reason)")
            _ = try await server.put(pom, sample.pom, token: token, headers: ["X-Generate-Checksums: true"])
            let jar = "\(place)/tiny-1.0.jar"
            _ = try await server.put(jar, sample.jar, token: token, headers: ["X-Generate-Checksums: true"])
            #expect(try await server.complete(sample, token: token).status == 201)
            #expect(try await server.read(jar).status == 200)
        }
    }

    @Test("Paths that are none, the wrong repository, other people's projects, and nobody")
    func strangers() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            let sample = MavenSample()
            #expect(try await server.deploy(sample, token: token).status == 201)
            let cases: [(path: String, status: Int)] = [
                ("releases/x", 400), ("releases/org/hm/test/tiny/1.1/other-1.1.jar", 400),
                ("releases/org/hm/test/tiny/1.1-SNAPSHOT/tiny-1.1-20260101.000000-1.pom", 400),
                ("releases/org/hm/test/tiny/1.1-20260101.000000-1/tiny-1.1-20260101.000000-1.pom", 400),
                ("snapshots/org/hm/test/tiny/1.1/tiny-1.1.pom", 400),
                ("snapshots/org/hm/test/tiny/1.1-SNAPSHOT/tiny-1.1-SNAPSHOT.pom", 400),
                ("releases/org/hm/%2e%2e/tiny/1.1/tiny-1.1.pom", 400),
            ]
            for (path, status) in cases {
                #expect(try await server.put(path, [1], token: token).status == status, "\(path)")
            }
            let other = try await server.token("mallory")
            let foreign = try await server.put("releases/org/hm/test/tiny/1.1/tiny-1.1.pom", [1], token: other)
            #expect(foreign.status == 403 && foreign.reason.contains("mallory"), "\(foreign.reason)")
            #expect(try await server.complete(sample, token: other).status == 403)
            let nobody = try await server.exchange("PUT /maven/releases/\(sample.directory)/tiny-1.0.pom", body: [1])
            #expect(nobody.status == 401 && nobody["WWW-Authenticate"]?.hasPrefix("Basic") == true)
            for path in [
                "releases", "releases/", "releases/org", "releases/%2e%2e/x",
                "snapshots/\(sample.directory)/tiny-1.0.jar",
            ] {
                #expect(try await server.read(path).status == 404, "\(path)")
            }
        }
    }

    @Test("Snapshots: metadata names the newest build, old builds go, the plain name is the newest")
    func snapshots() async throws {
        try await EcosystemServer.withMaven(policy: MavenPolicy(snapshotsKept: 2)) { server in
            let token = try await server.token("bob")
            for number in 1...3 {
                let sample = MavenSample(
                    version: "1.1-SNAPSHOT", build: "2026010\(number).000000-\(number)", content: "\(number)")
                #expect(try await server.deploy(sample, to: "snapshots", token: token).status == 201)
            }
            let place = "snapshots/org/hm/test/tiny/1.1-SNAPSHOT"
            let metadata = try await server.read("\(place)/maven-metadata.xml").text
            #expect(metadata.contains("<buildNumber>3</buildNumber>"))
            #expect(metadata.contains("<value>1.1-20260103.000000-3</value>"))
            #expect(try await server.read("\(place)/tiny-1.1-20260101.000000-1.jar").status == 404)
            #expect(try await server.read("\(place)/tiny-1.1-20260102.000000-2.jar").status == 200)
            let newest = try await server.read("\(place)/tiny-1.1-SNAPSHOT.jar")
            #expect(newest.body == MavenSample(content: "3").jar && newest["Cache-Control"] == "no-cache")
            let versions = try await server.read("snapshots/org/hm/test/tiny/maven-metadata.xml").text
            #expect(versions.contains("<version>1.1-SNAPSHOT</version>") && !versions.contains("<release>"))
            #expect(try await server.read(Self.metadata).status == 404)
            let disguised = "releases/org/hm/test/tiny/1.1-20260103.000000-3/tiny-1.1-20260103.000000-3.jar"
            #expect(try await server.read(disguised).status == 404)
        }
    }

    @Test("A group's metadata lists its plugins")
    func plugins() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            let plugin = MavenSample(
                artifact: "lamp-maven-plugin", pomExtra: "<packaging>maven-plugin</packaging><name>Lamp</name>")
            #expect(try await server.deploy(plugin, token: token).status == 201)
            #expect(try await server.deploy(MavenSample(), token: token).status == 201)
            let metadata = try await server.read("releases/org/hm/test/maven-metadata.xml")
            #expect(metadata.status == 200 && metadata.text.contains("<prefix>lamp</prefix>"), "\(metadata.text)")
            #expect(!metadata.text.contains("tiny"))
            #expect(try await server.read("releases/org/hm/maven-metadata.xml").status == 404)
        }
    }

    @Test("Yanked versions are left out of metadata and keep their files")
    func yanked() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            for version in ["1.0", "1.10", "1.9"] {
                #expect(try await server.deploy(MavenSample(version: version), token: token).status == 201)
            }
            let principal = try await server.registry.principal("bob")
            try await server.registry.lifecycle.yank(
                Maven.ecosystem, name: "org.hm.test:tiny", version: "1.10", reason: "bad", by: principal)
            let text = try await server.read(Self.metadata).text
            #expect(text.contains("<latest>1.9</latest>") && !text.contains("1.10"))
            #expect(try await server.read("releases/org/hm/test/tiny/1.10/tiny-1.10.jar").status == 200)
        }
    }

    @Test("Where reading takes a token, even what is not there asks for one")
    func privateReads() async throws {
        try await EcosystemServer.withMaven(visibility: .internal) { server in
            let token = try await server.token("bob")
            #expect(try await server.deploy(MavenSample(), token: token).status == 201)
            for path in [Self.metadata, "releases/org/hm/none/1/none-1.jar"] {
                let answer = try await server.read(path)
                #expect(answer.status == 401 && answer["WWW-Authenticate"]?.hasPrefix("Basic") == true)
            }
            let read = try await server.get("/maven/\(Self.metadata)", [EcosystemServer.basic(token)])
            #expect(read.status == 200 && read["Cache-Control"]?.contains("public") != true)
            #expect(try await server.read(Self.metadata).status == 401)
        }
    }
}

@Suite("Maven deployments that wait, or only ask")
struct MavenWishTests {
    private static let metadata = "releases/org/hm/test/tiny/maven-metadata.xml"

    @Test("What asks to be staged is staged, and what only asks leaves nothing")
    func wishes() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            let sample = MavenSample()
            for header in ["Hallmark-Dry-Run: true", "Hallmark-Stage: true"] {
                for (path, bytes) in sample.layout() {
                    let answer = try await server.put("releases/\(path)", bytes, token: token, headers: [header])
                    #expect(answer.status == 201, "\(header): \(path): \(answer.reason)")
                }
                let last = try await server.complete(sample, token: token)
                #expect(last.status == 201, "\(header): \(last.reason)")
                #expect(try await server.read(Self.metadata).status == 404)
                let principal = try await server.registry.principal("bob")
                let waiting = try await server.registry.stagings.list(by: principal)
                #expect(waiting.count == (header.contains("Stage") ? 1 : 0))
            }
        }
    }
}
