import Ecosystems
import Formats
import HTTPSupport
import HallmarkTesting
import Hummingbird
import RegistryModel

/// A small artifact as its files lie in a repository.
struct MavenSample {
    var group = "org.hm.test"
    var artifact = "tiny"
    /// As in the path: with `-SNAPSHOT` for a snapshot.
    var version = "1.0"
    /// The moment and number of a snapshot's build.
    var build: String?
    var pomExtra = ""
    var content = "1"

    var directory: String { "\(group.replacing(".", with: "/"))/\(artifact)/\(version)" }
    var stem: String {
        let shown = build.map { version.replacing("SNAPSHOT", with: $0) } ?? version
        return "\(artifact)-\(shown)"
    }

    var pom: [UInt8] {
        Array(
            """
            <project><modelVersion>4.0.0</modelVersion><groupId>\(group)</groupId><artifactId>\(artifact)</artifactId>
            <version>\(version)</version>\(pomExtra)</project>
            """.utf8)
    }

    var jar: [UInt8] { PyPITestPackage.zip([("META-INF/x", content)]) }

    /// What Central asks of a description.
    static let complete = """
        <name>Tiny</name><description>A tiny thing</description><url>https://example.org</url>
        <licenses><license><name>MIT</name></license></licenses><developers><developer><id>ada</id></developer></developers>
        <scm><url>https://example.org/x</url><connection>scm:git:https://example.org/x.git</connection></scm>
        """

    /// The two files that every artifact has.
    var files: [(name: String, bytes: [UInt8])] { [("\(stem).pom", pom), ("\(stem).jar", jar)] }

    /// The digests that clients send of a file.
    static func checksums(_ name: String, _ bytes: [UInt8]) -> [(name: String, bytes: [UInt8])] {
        let digests = FileHasher.digests(of: bytes)
        return [
            ("\(name).sha1", Array(Hex.encode(digests.sha1).utf8)),
            ("\(name).md5", Array(Hex.encode(digests.md5).utf8)),
        ]
    }

    /// The files with their digests, by paths below the root.
    func layout(_ files: [(name: String, bytes: [UInt8])]? = nil) -> [(path: String, bytes: [UInt8])] {
        (files ?? self.files).flatMap { [$0] + Self.checksums($0.name, $0.bytes) }
            .map { ("\(directory)/\($0.name)", $0.bytes) }
    }

    /// A form with a bundle of these files.
    static func form(_ files: [(path: String, bytes: [UInt8])]) -> [UInt8] {
        let head =
            "--lantern\r\nContent-Disposition: form-data; name=\"bundle\"; filename=\"b.zip\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n"
        return Array(head.utf8) + PyPITestPackage.zip(files) + Array("\r\n--lantern--\r\n".utf8)
    }
}

extension EcosystemServer {
    static func withMaven(
        policy: MavenPolicy = MavenPolicy(), visibility: Visibility = .public,
        _ body: @escaping @Sendable (EcosystemServer) async throws -> Void
    ) async throws {
        try await withEcosystemServer(
            MavenFormat(), visibility: visibility,
            routes: { services, router in
                MavenRoutes(services: services, policy: policy, requiresAuthentication: visibility != .public)
                    .addRoutes(to: router, at: "/maven")
            }, body)
    }

    /// Sends one file of a repository.
    func put(_ path: String, _ bytes: [UInt8], token: String, headers: [String] = []) async throws -> RawResponse {
        try await exchange("PUT /maven/\(path)", [Self.basic(token)] + headers, body: bytes)
    }

    /// Sends a sample's files with their digests, and gives the statuses that were no success.
    func put(_ sample: MavenSample, to repository: String = "releases", token: String) async throws -> [Int] {
        var refused: [Int] = []
        for (path, bytes) in sample.layout() {
            let status = try await put("\(repository)/\(path)", bytes, token: token).status
            if status != 201 { refused.append(status) }
        }
        return refused
    }

    /// Sends the document that clients send last.
    func complete(_ sample: MavenSample, in repository: String = "releases", token: String) async throws -> RawResponse
    {
        let folder = sample.directory.split(separator: "/").dropLast().joined(separator: "/")
        return try await put("\(repository)/\(folder)/maven-metadata.xml", Array("<metadata/>".utf8), token: token)
    }

    /// Deploys a sample as `mvn deploy` does, and gives the last answer.
    func deploy(
        _ sample: MavenSample, to repository: String = "releases", token: String
    ) async throws -> RawResponse {
        _ = try await put(sample, to: repository, token: token)
        return try await complete(sample, in: repository, token: token)
    }

    /// What everybody reads.
    func read(_ path: String) async throws -> RawResponse { try await get("/maven/\(path)") }
}
