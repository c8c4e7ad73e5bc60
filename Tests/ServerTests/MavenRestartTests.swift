import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@Suite("A Maven deployment and the end of its server", .timeLimit(.minutes(10)))
struct MavenRestartTests {
    private static let pom = """
        <project><modelVersion>4.0.0</modelVersion><groupId>team</groupId><artifactId>lamp</artifactId>
        <version>1.0</version><packaging>pom</packaging></project>
        """

    /// A bundle of many small releases, as a form for the portal.
    private func form(_ home: ClientHome) async throws -> [UInt8] {
        let program = """
            import hashlib, sys, zipfile
            with zipfile.ZipFile(sys.argv[1], "w") as bundle:
                for index in range(200):
                    version = f"1.{index}"
                    pom = f\"\"\"<project><modelVersion>4.0.0</modelVersion><groupId>team</groupId>
                        <artifactId>lamp</artifactId><version>{version}</version><packaging>pom</packaging></project>\"\"\".encode()
                    for ending, content in ((".pom", pom), ("-a.txt", version.encode()), ("-b.txt", b"b")):
                        path = f"team/lamp/{version}/lamp-{version}{ending}"
                        bundle.writestr(path, content)
                        bundle.writestr(path + ".md5", hashlib.md5(content).hexdigest())
                        bundle.writestr(path + ".sha1", hashlib.sha1(content).hexdigest())
            """
        let file = home.path("bundle.zip")
        try await home.run(.python, ["-c", program, file]).checked()
        let head = "--X\r\nContent-Disposition: form-data; name=\"bundle\"; filename=\"b.zip\"\r\n\r\n"
        return Array(head.utf8) + Array(try Data(contentsOf: URL(filePath: file))) + Array("\r\n--X--\r\n".utf8)
    }

    @Test("MAVEN-3 A bundle whose server is killed in the middle fails, says so, and can be sent again")
    func bundle() async throws {
        let home = try ClientHome()
        let form = try await self.form(home)
        let options = ServerProcess.Options(data: home.directory.appending(path: "data"))
        let first = LiveServer(process: try await ServerProcess(options))
        let token = try await first.person("alice")
        let portal = "/maven/api/v1/publisher"
        @Sendable func upload(_ server: LiveServer) async throws -> RawResponse {
            try await server.call(
                "POST", portal + "/upload?name=lamps&publishingType=AUTOMATIC", token: token,
                headers: ["Content-Type: multipart/form-data; boundary=X"], body: form)
        }
        func staging(_ server: LiveServer) async throws -> JSONValue? {
            try await server.call("GET", "/api/v1/stagings", token: token).json()["stagings"]?.arrayValue?.last
        }
        let sending = Task { try? await upload(first) }
        while try await staging(first) == nil { try await Task.sleep(for: .milliseconds(5)) }
        let state = try await staging(first)?["state"]?.stringValue ?? ""
        await first.process.kill()
        _ = await sending.value
        try #require(["pending", "validating"].contains(state), "the bundle is too small for this test")

        let second = LiveServer(process: try await ServerProcess(options))
        let key = try #require(try await staging(second)?["key"]?.stringValue)
        while ["pending", "validating"].contains(try await staging(second)?["state"]?.stringValue ?? "") {
            try await Task.sleep(for: .milliseconds(200))
        }
        let status = try await second.call("POST", portal + "/status?id=\(key)", token: token, body: []).json()
        #expect(status["deploymentState"] == "FAILED", "\(status)")
        #expect(status["errors"]?["bundle"]?.arrayValue?.first?.stringValue?.contains("Send it again") == true)
        #expect(try await second.call("GET", "/maven/releases/team/lamp/1.0/lamp-1.0.pom").status == 404)
        #expect(try await upload(second).status == 201)
        #expect(try await second.call("GET", "/maven/releases/team/lamp/1.199/lamp-1.199.pom").status == 200)
        try await second.process.stop()
    }

    @Test("What was acknowledged before a server is killed is completed by the next one")
    func killed() async throws {
        let home = try ClientHome()
        let options = ServerProcess.Options(data: home.directory.appending(path: "data"))
        let first = LiveServer(process: try await ServerProcess(options))
        let token = try await first.person("alice")
        let file = "/maven/releases/team/lamp/1.0/lamp-1.0.pom"
        let sent = try await first.call(
            "PUT", file, token: token, headers: ["X-Generate-Checksums: true"], body: Array(Self.pom.utf8))
        #expect(sent.status == 201, "\(sent.reason)")
        #expect(try await first.call("GET", file).status == 404)
        await first.process.kill()

        let second = LiveServer(process: try await ServerProcess(options))
        #expect(try await second.call("GET", file).status == 404)
        let last = try await second.call("PUT", "/maven/releases/team/lamp/maven-metadata.xml", token: token, body: [])
        #expect(last.status == 201, "\(last.reason)")
        #expect(try await second.call("GET", file).text == Self.pom)
        try await second.process.stop()
    }
}
