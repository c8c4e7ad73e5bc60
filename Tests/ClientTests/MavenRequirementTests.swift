import Foundation
import HallmarkTesting
import Testing

/// Where this registry asks for all that Central does.
@Suite(
    "What Maven Central asks", .serialized,
    .server(["HALLMARK_MAVEN_UNCLAIMED_REQUIRES": "checksums,dependencies,javadoc,metadata,signatures,sources"]),
    .enabled(if: hasMaven && ClientTool.gpg.isAvailable, "needs mvn and gpg"))
struct MavenRequirementTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    private static let description = """
        <name>Signed</name><description>A signed artifact</description><url>https://example.org</url>
        <licenses><license><name>MIT</name></license></licenses><developers><developer><id>ada</id></developer></developers>
        <scm><url>https://example.org/x</url><connection>scm:git:https://example.org/x.git</connection></scm>
        """

    @Test("mvn deploy fails with the first of everything that is missing, and nothing is published")
    func missing() async throws {
        try home.useMaven(token: try await server.publisher("central-hurried"))
        try home.mavenLibrary("hurried", "1.0.0", on: server, folder: "lib")
        let refused = try await home.maven(["deploy"], in: "lib")
        #expect(!refused.succeeded && refused.says("status: 400"), "\(refused)")
        #expect(refused.says("is not published (") && refused.says("The POM has no <name>."), "\(refused)")
        let metadata = "\(server.url)/maven/releases/org/hallmark/hurried/hurried/maven-metadata.xml"
        #expect(try await Probe.get(metadata).status == 404)
    }

    /// Signs every file, adds digests, and makes a bundle of it all; a forged one has another jar than was signed.
    private func bundle(_ artifact: String, isForged: Bool = false) async throws {
        let place = "stage/org/hallmark/tests/\(artifact)/1.0.0"
        try home.write(
            """
            <project><modelVersion>4.0.0</modelVersion><groupId>org.hallmark.tests</groupId>
            <artifactId>\(artifact)</artifactId><version>1.0.0</version>\(Self.description)</project>
            """, to: "\(place)/\(artifact)-1.0.0.pom")
        let program = """
            import hashlib, pathlib, subprocess, sys, zipfile
            place, stem = pathlib.Path(sys.argv[1]), sys.argv[2]
            for end in ("", "-sources", "-javadoc"):
                with zipfile.ZipFile(place / f"{stem}{end}.jar", "w") as jar: jar.writestr("META-INF/x", end)
            for file in sorted(place.iterdir()):
                sign = ["gpg", "--batch", "--yes", "--armor", "--detach-sign", "--output", f"{file}.asc", str(file)]
                subprocess.run(sign, check=True)
            if sys.argv[3] == "forged":
                with zipfile.ZipFile(place / f"{stem}.jar", "w") as jar: jar.writestr("META-INF/x", "forged")
            for file in [file for file in place.iterdir() if file.suffix != ".asc"]:
                for name in ("md5", "sha1"):
                    pathlib.Path(f"{file}.{name}").write_text(hashlib.new(name, file.read_bytes()).hexdigest())
            root = place.parents[4]
            with zipfile.ZipFile("bundle.zip", "w") as bundle:
                for file in sorted(root.rglob("*")):
                    if file.is_file(): bundle.write(file, file.relative_to(root))
            """
        try await home.run(
            .python, ["-c", program, home.path(place), "\(artifact)-1.0.0", isForged ? "forged" : "plain"]
        ).checked()
    }

    private func upload(_ token: String) async throws -> [String: Any] {
        let api = "\(server.url)/maven/api/v1/publisher"
        let bearer = ["Authorization": "Bearer \(Data("__token__:\(token)".utf8).base64EncodedString())"]
        let id = try await Probe.send(
            "POST", "\(api)/upload?name=signed&publishingType=AUTOMATIC", headers: bearer,
            arguments: ["--form", "bundle=@\(home.path("bundle.zip"));type=application/octet-stream"])
        #expect(id.status == 201, "\(id.text)")
        let status = try await Probe.send(
            "POST", "\(api)/status?id=\(id.text)", headers: bearer, arguments: ["--data", ""])
        return try #require(status.json as? [String: Any])
    }

    @Test("A signed bundle is published once the key is registered, and not before")
    func signed() async throws {
        let token = try await server.publisher("central-signer")
        try FileManager.default.createDirectory(
            atPath: home.path("gnupg"), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let generate = ["--batch", "--passphrase", "", "--quick-generate-key", "signer@example.org", "ed25519", "sign"]
        try await home.run(.gpg, generate).checked()
        try await bundle("signed")
        let early = try await upload(token)
        #expect(early["deploymentState"] as? String == "FAILED")
        let errors = (early["errors"] as? [String: [String]])?["pkg:maven/org.hallmark.tests/signed@1.0.0"] ?? []
        #expect(errors.count == 4 && errors.allSatisfy { $0.contains("has not registered") }, "\(errors)")

        try await home.run(.gpg, ["--batch", "--export", "--output", "key", "signer@example.org"]).checked()
        let added = try await server.admin(["signing-key", "add", "--user", "central-signer", home.path("key")])
            .checked()
        #expect(added.output.trimmingCharacters(in: .whitespacesAndNewlines).count == 40)
        let published = try await upload(token)
        #expect(published["deploymentState"] as? String == "PUBLISHED", "\(published)")
        let place = "\(server.url)/maven/releases/org/hallmark/tests/signed/1.0.0/signed-1.0.0"
        #expect(try await Probe.get("\(place).jar.asc").text.contains("BEGIN PGP SIGNATURE"))

        // A signature of other content is never taken.
        try FileManager.default.removeItem(atPath: home.path("stage"))
        try await bundle("forged", isForged: true)
        let forged = try await upload(token)
        let faults = (forged["errors"] as? [String: [String]])?["pkg:maven/org.hallmark.tests/forged@1.0.0"]
        #expect(faults == ["forged-1.0.0.jar.asc is not a good signature of the file."], "\(forged)")
    }
}
