import Archives
import Ecosystems
import Formats
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Maven deployments")
struct MavenFormatTests {
    private static let pom = """
        <project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
        <parent><groupId>org.hm</groupId><artifactId>parent</artifactId><version>7</version></parent>
        <groupId>org.hm.test</groupId><artifactId>tiny</artifactId><version>1.0</version><name>Tiny</name>
        <description>A  tiny
        thing</description><url>https://example.org/tiny</url><licenses><license><name>MIT</name></license></licenses>
        <developers><developer><name>Ada</name></developer></developers>
        <scm><connection>scm:git:https://example.org/tiny.git</connection></scm>
        <properties><v>2.1</v></properties><dependencyManagement><dependencies><dependency><groupId>g</groupId>
        <artifactId>managed</artifactId><version>3</version><scope>test</scope></dependency></dependencies>
        </dependencyManagement><dependencies>
        <dependency><groupId>g</groupId><artifactId>a</artifactId><version>${v}</version></dependency>
        <dependency><groupId>g</groupId><artifactId>managed</artifactId></dependency>
        <dependency><groupId>g</groupId><artifactId>p</artifactId><version>[1,2)</version><scope>provided</scope>
        <optional>true</optional></dependency></dependencies></project>
        """
    private static let jar = PyPITestPackage.zip([("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")])

    private static func files(_ changes: [String: [UInt8]?] = [:]) -> [(name: String, bytes: [UInt8])] {
        var files: [String: [UInt8]] = ["tiny-1.0.pom": Array(pom.utf8), "tiny-1.0.jar": jar]
        for (name, bytes) in changes { files[name] = bytes }
        return files.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }

    private static func inspect(
        _ files: [(name: String, bytes: [UInt8])], name: String = "org.hm.test:tiny", version: String = "1.0"
    ) throws -> Manifest {
        let received = files.map { file in
            ReceivedFile(
                name: file.name, digests: FileHasher.digests(of: file.bytes), content: MemoryByteSource(file.bytes))
        }
        let submission = Submission(
            ecosystem: Maven.ecosystem, name: name, version: version, files: received, claim: .null)
        return try MavenFormat().inspect(submission, limits: ArchiveLimits())
    }

    private static func refusal(
        _ files: [(name: String, bytes: [UInt8])], name: String = "org.hm.test:tiny", version: String = "1.0"
    ) throws -> Problem? {
        do {
            _ = try inspect(files, name: name, version: version)
            return nil
        } catch let problem as Problem {
            return problem
        }
    }

    @Test("The manifest is made from the POM")
    func manifest() throws {
        let manifest = try Self.inspect(Self.files())
        #expect(manifest.name.display == "org.hm.test:tiny" && manifest.version.key == "1.0")
        #expect(manifest.files.map(\.name) == ["tiny-1.0.jar", "tiny-1.0.pom"])
        #expect(manifest.files.map(\.kind) == ["jar", "pom"])
        #expect(manifest.summary == "A tiny thing" && manifest.license == "MIT")
        #expect(manifest.homepage == "https://example.org/tiny")
        #expect(manifest.repository == "https://example.org/tiny.git")
        #expect(manifest.authors == ["Ada"])
        let found = manifest.dependencies.map { "\($0.kind) \($0.name) \($0.requirement) \($0.isOptional)" }
        #expect(found == ["runtime g:a 2.1 false", "dev g:managed 3 false", "provided g:p [1,2) true"])
        #expect(manifest.document["packaging"] == "jar" && manifest.document["parent"] == "org.hm:parent:7")
    }

    @Test("What Central would ask for is found all at once")
    func requirements() throws {
        let signature = Array("-----BEGIN PGP SIGNATURE-----".utf8)
        let bare = Array(
            "<project><modelVersion>4.0.0</modelVersion><groupId>org.hm.test</groupId><artifactId>tiny</artifactId><version>1.0</version><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId></dependency></dependencies></project>"
                .utf8)
        let missing = try Self.inspect(Self.files(["tiny-1.0.pom": bare])).document["missing"]?.arrayValue
        let sentences = missing?.compactMap(\.stringValue) ?? []
        #expect(sentences.count == 11)
        for word in ["<name>", "<description>", "<url>", "license", "developer", "<scm>", "sources", "javadoc", "g:a"] {
            #expect(sentences.contains { $0.contains(word) }, "\(word)")
        }
        #expect(sentences.contains("tiny-1.0.jar has no signature (tiny-1.0.jar.asc)."))
        var whole: [String: [UInt8]?] = ["tiny-1.0-sources.jar": Self.jar, "tiny-1.0-javadoc.jar": Self.jar]
        for name in ["tiny-1.0.pom", "tiny-1.0.jar", "tiny-1.0-sources.jar", "tiny-1.0-javadoc.jar"] {
            whole[name + ".asc"] = signature
        }
        let rest = try Self.inspect(Self.files(whole)).document["missing"]?.arrayValue
        #expect(rest == ["The POM has no <scm> with <url> and <connection>."])
    }

    @Test("Coordinates in the POM and in the path agree")
    func coordinates() throws {
        let wrong = Self.pom.replacing("<version>1.0</version>", with: "<version>1.1</version>")
        #expect(try Self.refusal(Self.files(["tiny-1.0.pom": Array(wrong.utf8)]))?.code == .metadataMismatch)
        let inherited = Self.pom.replacing("<groupId>org.hm.test</groupId>", with: "")
        let problem = try Self.refusal(Self.files(["tiny-1.0.pom": Array(inherited.utf8)]))
        #expect(problem?.code == .metadataMismatch && problem?.detail.contains("<groupId>") == true)
        let expression = Self.pom.replacing("<version>1.0</version>", with: "<version>${revision}</version>")
        #expect(try Self.refusal(Self.files(["tiny-1.0.pom": Array(expression.utf8)]))?.code == .metadataMismatch)
        let known = expression.replacing("<properties>", with: "<properties><revision>1.0</revision>")
        #expect(try Self.refusal(Self.files(["tiny-1.0.pom": Array(known.utf8)])) == nil)
    }

    @Test("A deployment is complete and holds nothing else")
    func completeness() throws {
        #expect(try Self.refusal(Self.files(["tiny-1.0.jar": nil]))?.code == .metadataInvalid)
        #expect(try Self.refusal(Self.files(["tiny-1.0.pom": nil]))?.code == .metadataInvalid)
        #expect(try Self.refusal(Self.files(["tiny-1.1.jar": Self.jar]))?.code == .fileNameInvalid)
        #expect(try Self.refusal(Self.files(["tiny-1.0.jar.sha1": [1]]))?.code == .fileNameInvalid)
        #expect(try Self.refusal(Self.files(["../x": [1]]))?.code == .fileNameInvalid)
        #expect(try Self.refusal(Self.files(["TINY-1.0.jar": [1]]))?.code == .fileNameInvalid)
        #expect(try Self.refusal(Self.files() + [("tiny-1.0.jar", Self.jar)])?.code == .badRequest)
        let only = Self.pom.replacing("<name>", with: "<packaging>pom</packaging><name>")
        #expect(try Self.refusal([("tiny-1.0.pom", Array(only.utf8))]) == nil)
        let custom = Self.pom.replacing("<name>", with: "<packaging>hk2-jar</packaging><name>")
        #expect(try Self.refusal([("tiny-1.0.pom", Array(custom.utf8))]) == nil)
    }

    @Test("Snapshots carry one timestamp")
    func snapshots() throws {
        let pom = Array(Self.pom.replacing("<version>1.0</version>", with: "<version>1.0-SNAPSHOT</version>").utf8)
        let stem = "tiny-1.0-20261122.112325"
        let files = [("\(stem)-1.pom", pom), ("\(stem)-1.jar", Self.jar)]
        #expect(try Self.refusal(files, version: "1.0-20261122.112325-1") == nil)
        #expect(try Self.refusal(files, version: "1.0-20261122.112325-2")?.code == .versionInvalid)
        let mixed = [("\(stem)-1.pom", pom), ("\(stem)-2.jar", Self.jar)]
        #expect(try Self.refusal(mixed, version: "1.0-20261122.112325-1")?.code == .fileNameInvalid)
    }

    @Test("Jars are zips that all readers take for the same; names may differ in case")
    func jars() throws {
        let problem = try Self.refusal(Self.files(["tiny-1.0-x.jar": Array("hello".utf8)]))
        #expect(problem?.code == .archiveUnsafe || problem?.code == .archiveInvalid)
        #expect(problem?.detail.hasPrefix("tiny-1.0-x.jar: ") == true)
        let obfuscated = PyPITestPackage.zip([("a.class", "1"), ("A.class", "2"), ("META-INF/license/x", "")])
        #expect(try Self.refusal(Self.files(["tiny-1.0.jar": obfuscated])) == nil)
        let twice = PyPITestPackage.zip([("a.class", "1"), ("a.class", "2")])
        #expect(try Self.refusal(Self.files(["tiny-1.0.jar": twice]))?.code == .archiveUnsafe)
        let outside = PyPITestPackage.zip([("../a.class", "1")])
        #expect(try Self.refusal(Self.files(["tiny-1.0.jar": outside]))?.code == .archiveUnsafe)
    }

    @Test("A POM that is unusable is explained")
    func unusable() throws {
        for text in [
            "", "x", "<project/>", "<!DOCTYPE p><project/>", "<project><modelVersion>4.0.0</modelVersion></project>",
        ] {
            let problem = try Self.refusal(Self.files(["tiny-1.0.pom": Array(text.utf8)]))
            #expect(problem?.code == .metadataInvalid && problem?.detail.hasPrefix("tiny-1.0.pom cannot be") == true)
        }
    }

    @Test("Thousands of changed bytes are taken or explained")
    func mutations() throws {
        var random = SeededGenerator(seed: 95)
        let pom = Array(Self.pom.utf8)
        for _ in 0..<1_500 {
            var bytes = pom
            for _ in 0...Int.random(in: 0...2, using: &random) {
                bytes[Int.random(in: pom.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try Self.refusal(Self.files(["tiny-1.0.pom": bytes]))
        }
    }
}
