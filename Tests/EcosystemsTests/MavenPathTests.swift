import Ecosystems
import Foundation
import RegistryModel
import Testing

@Suite("Maven paths")
struct MavenPathTests {
    private func file(_ path: String) throws -> MavenFile {
        let parsed = try #require(MavenPath(path), "\(path)")
        guard case .file(let file) = parsed.resource else {
            Issue.record("\(path) is no file")
            throw CancellationError()
        }
        return file
    }

    @Test(
        "Files of releases",
        arguments: [
            ("org/x/y/a/1.0/a-1.0.jar", "jar", nil), ("org/x/a/1.0/a-1.0-sources.jar", "jar", "sources"),
            ("g/a/1/a-1.pom", "pom", nil), ("g/a/1.0/a-1.0-bin.tar.gz", "tar.gz", "bin"),
            ("g/a.b/1.0-rc-1/a.b-1.0-rc-1-jdk1.8.jar", "jar", "jdk1.8"), ("g/a/1.0/a-1.0.module", "module", nil),
            ("g/a/1.0+b/a-1.0+b.jar", "jar", nil), ("g/a-b/1/a-b-1-c-d.zip", "zip", "c-d"),
        ])
    func releases(path: String, fileExtension: String, classifier: String?) throws {
        let file = try file(path)
        #expect(file.extension == fileExtension && file.classifier == classifier)
        #expect(file.path == path && file.snapshot == nil)
    }

    @Test("Files of snapshots, timestamped or not")
    func snapshots() throws {
        let directory = "org/x/a/1.1-SNAPSHOT"
        let stamped = try file("\(directory)/a-1.1-20261122.112325-12-sources.jar")
        #expect(stamped.snapshot?.timestamp == "20261122.112325" && stamped.snapshot?.buildNumber == 12)
        #expect(stamped.classifier == "sources" && stamped.name == "a-1.1-20261122.112325-12-sources.jar")
        #expect(stamped.coordinates.isSnapshot && stamped.coordinates.version == "1.1-SNAPSHOT")
        let plain = try file("\(directory)/a-1.1-SNAPSHOT.pom")
        #expect(plain.snapshot == nil && plain.name == "a-1.1-SNAPSHOT.pom")
        for name in [
            "a-1.1.jar", "a-1.1-20261122.112325.jar", "a-1.1-20261122-1.jar", "a-1.1-20261122.112325-01.jar",
            "a-1.1-20261122.112325-.jar", "a-1.1-SNAPSHOT", "a-1.1-20261122.112325-99999999999999999999.jar",
        ] {
            #expect(MavenPath("\(directory)/\(name)") == nil, "\(name)")
        }
    }

    @Test("Checksums and signatures")
    func companions() throws {
        let path = try #require(MavenPath("g/a/1/a-1.jar.asc.sha512"))
        #expect(path.signature == .openPGP && path.checksum == .sha512)
        #expect(MavenPath("g/a/1/a-1.jar.sigstore.json")?.signature == .sigstore)
        #expect(MavenPath("g/a/1/a-1.jar.md5")?.checksum == .md5)
        #expect(MavenPath("g/a/1/a-1.jar.md5")?.signature == nil)
        #expect(MavenPath("g/a/maven-metadata.xml.sha1")?.checksum == .sha1)
        #expect(MavenPath("g/a/maven-metadata.xml.asc") == nil)
    }

    @Test("Metadata of groups, artifacts and snapshots")
    func metadata() throws {
        func metadata(_ path: String) throws -> MavenPath.Metadata {
            let parsed = try #require(MavenPath(path), "\(path)")
            guard case .metadata(let metadata) = parsed.resource else { throw CancellationError() }
            return metadata
        }
        let both = try metadata("org/x/a/maven-metadata.xml")
        #expect(both.groupID == "org.x.a" && both.project?.groupID == "org.x" && both.project?.artifactID == "a")
        #expect(both.snapshot == nil)
        let dotted = try metadata("org/x/a.b/maven-metadata.xml")
        #expect(dotted.groupID == nil && dotted.project?.artifactID == "a.b")
        let snapshot = try metadata("org/x/a/1-SNAPSHOT/maven-metadata.xml")
        #expect(snapshot.snapshot?.description == "org.x:a:1-SNAPSHOT" && snapshot.project == nil)
        #expect(try metadata("junit/maven-metadata.xml").groupID == "junit")
    }

    @Test(
        "Paths that stand for nothing",
        arguments: [
            "", "a", "/g/a/1/a-1.jar", "g/a/1/", "g/a/1/a-1", "g/a/1/b-1.jar", "g/a/1/a-2.jar", "g/a/1/a-1.jar/",
            "a/1/a-1.jar",
            "g/../a/1/a-1.jar", "g/./a/1/a-1.jar", "g//a/1/a-1.jar", "g.x/a/1/a-1.jar", "g/a/1/a-1x.jar",
            "g/a/1/a-1-.jar", "g/a/1/a-1..jar", "g/a/1/.a-1.jar", "g/a b/1/a b-1.jar", "g/é/1/é-1.jar",
            "g/a/[1]/a-[1].jar", "g/a/1/a-1-x\\y.jar", "g/a/1/a-1.j%61r", "g/a/${v}/a-${v}.jar", "g/a/1/a-1.jar\u{0}",
            "g/a/1/maven-metadata.xml.asc.asc", "maven-metadata.xml",
            String(repeating: "g/", count: 600) + "a/1/a-1.jar",
        ])
    func refused(path: String) {
        #expect(MavenPath(path) == nil)
    }

    @Test("The content of checksum files")
    func checksums() {
        let digest = [UInt8](repeating: 0xAB, count: 20)
        let hex = String(repeating: "ab", count: 20)
        for text in [hex, hex + "\n", hex.uppercased(), hex + "  a-1.jar\n"] {
            #expect(MavenPath.Checksum.sha1.digest(Array(text.utf8)) == digest)
        }
        for text in ["", "x" + hex, String(hex.dropLast(2)), "a-1.jar: " + hex, String(repeating: "+a", count: 20)] {
            #expect(MavenPath.Checksum.sha1.digest(Array(text.utf8)) == nil)
        }
        #expect(MavenPath.Checksum.md5.digest(Array(hex.utf8)) == nil)
    }

    private static let repository = "/usr/share/maven-repo"

    @Test(
        "Every file of a real repository is read and written back",
        .enabled(if: FileManager.default.fileExists(atPath: repository)))
    func realRepository() throws {
        let paths = FileManager.default.enumerator(atPath: Self.repository)?.compactMap { $0 as? String } ?? []
        var count = 0
        for path in paths where path.hasSuffix(".pom") || path.hasSuffix(".jar") {
            // Debian has some files under names of its own.
            guard let parsed = MavenPath(path), case .file(let file) = parsed.resource else {
                #expect(path.hasSuffix("-lib.jar") || path.contains("+") || path.contains("./"), "\(path)")
                continue
            }
            #expect(file.path == path)
            count += 1
        }
        #expect(count > 20)
    }
}

@Suite("Maven names and versions")
struct MavenNameTests {
    @Test("Names that may be", arguments: ["g:a", "org.example:my-lib_x.y", "Org.Example:Lib"])
    func valid(name: String) throws {
        let made = try MavenNames.projectName(name)
        #expect(made.display == name && made.key == name.lowercased())
        #expect(MavenFormat().lookupKey(name) == made.key)
    }

    @Test(
        "Names that may not be",
        arguments: [
            "", "a", "g:", ":a", "g:a:1", "g..x:a", ".g:a", "g.:a", "g:a/b", "g: a", "g:é", "g:..", "g:a\n",
            String(repeating: "g", count: 201) + ":a",
        ])
    func invalid(name: String) {
        #expect(throws: (any Error).self) { try MavenNames.projectName(name) }
        #expect(MavenFormat().lookupKey(name) == nil)
    }

    @Test("Versions")
    func versions() throws {
        for text in ["1.0", "1.0-SNAPSHOT", "1.0.Final", "2.0+build~1", "r09", "1_2"] {
            #expect(try MavenFormat().version(text).key == text)
        }
        for text in ["", "..", ".1", "1.", "1..0", "1/0", "1 0", "[1]", "${v}", "1%2", "1#", "é", "1,2"] {
            #expect(throws: (any Error).self) { try MavenFormat().version(text) }
        }
    }
}
