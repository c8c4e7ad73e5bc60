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
