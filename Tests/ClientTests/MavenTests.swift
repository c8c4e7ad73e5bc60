import Foundation
import HallmarkTesting
import Testing

@Suite("mvn", .serialized, .server, .enabled(if: hasMaven, "needs mvn and Debian's plugins"))
struct MavenTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    @Test("deploy, a program that depends on it by a range, dependency:get, and a version that is taken")
    func deployAndUse() async throws {
        try home.useMaven(token: try await server.publisher("mvn-deployer"))
        try home.mavenLibrary("built", "1.0.0", on: server, folder: "lib")
        try await home.maven(["deploy"], in: "lib").checked()
        try home.mavenProgram("built", "[1.0,2.0)", on: server, folder: "app")
        #expect(try await home.mavenRun("app", artifact: "built", "1.0.0") == "42\n")

        try? FileManager.default.removeItem(atPath: home.path("m2/org/hallmark"))
        let remote = "hallmark::default::\(server.url)/maven/releases"
        try await home.maven([
            "dependency:get", "-DremoteRepositories=\(remote)", "-Dartifact=org.hallmark.built:built:LATEST",
        ]).checked()
        #expect(home.list("m2/org/hallmark/built/built").contains("1.0.0"))

        // The same bytes once more are no error; other ones are, and say why.
        try await home.maven(
            ["deploy:deploy-file", "-DrepositoryId=hallmark", "-Durl=\(server.url)/maven/releases"]
                + ["-Dfile=target/built-1.0.0.jar", "-DpomFile=pom.xml"], in: "lib"
        ).checked()
        try home.mavenLibrary("built", "1.0.0", value: 43, on: server, folder: "lib")
        let refused = try await home.maven(["deploy"], in: "lib")
        #expect(!refused.succeeded && refused.says("status: 409"), "\(refused)")
        #expect(refused.says("already published"), "\(refused)")
    }

    @Test("A snapshot is deployed twice, and a program gets the newer one")
    func snapshots() async throws {
        try home.useMaven(token: try await server.publisher("mvn-snapshots"))
        try home.mavenProgram("moving", "1.1-SNAPSHOT", on: server, folder: "app")
        for value in [1, 2] {
            try home.mavenLibrary("moving", "1.1-SNAPSHOT", value: value, on: server, folder: "lib")
            try await home.maven(["deploy"], in: "lib").checked()
            #expect(try await home.mavenRun("app", artifact: "moving", "1.1-SNAPSHOT") == "\(value)\n")
        }
        let metadata = try await Probe.get(
            "\(server.url)/maven/snapshots/org/hallmark/moving/moving/1.1-SNAPSHOT/maven-metadata.xml")
        #expect(metadata.text.contains("<buildNumber>2</buildNumber>"), "\(metadata.text)")
    }

    @Test("Refusals: a token that nobody issued, somebody else's project, a quarantined one")
    func refusals() async throws {
        let owner = try await server.publisher("mvn-owner")
        try home.useMaven(token: owner)
        try home.mavenLibrary("guarded", "1.0.0", on: server, folder: "lib")
        try await home.maven(["deploy"], in: "lib").checked()

        try home.useMaven(token: "hlmk_000000000000000000000000000000000000")
        let unknown = try await home.maven(["deploy"], in: "lib")
        #expect(!unknown.succeeded && unknown.says("status: 401"), "\(unknown)")
        try home.useMaven(token: try await server.publisher("mvn-mallory"))
        try home.mavenLibrary("guarded", "1.1.0", on: server, folder: "lib")
        let foreign = try await home.maven(["deploy"], in: "lib")
        #expect(!foreign.succeeded && foreign.says("status: 403"), "\(foreign)")
        #expect(foreign.says("mvn-mallory is not an owner"), "\(foreign)")

        try home.mavenProgram("guarded", "1.0.0", on: server, folder: "app")
        let quarantine = [
            "project", "status", "maven", "org.hallmark.guarded:guarded", "quarantined", "--reason", "malware",
        ]
        try await server.admin(quarantine).checked()
        try? FileManager.default.removeItem(atPath: home.path("m2/org/hallmark"))
        let hidden = try await home.maven(["-U", "compile"], in: "app")
        #expect(!hidden.succeeded && hidden.says("status: 403"), "\(hidden)")
        #expect(hidden.says("is quarantined"), "\(hidden)")
    }

    @Test("Gradle builds a program from it", .enabled(if: ClientTool.gradle.isAvailable, "needs gradle"))
    func gradle() async throws {
        try home.useMaven(token: try await server.publisher("mvn-gradle"))
        try home.mavenLibrary("classic", "1.2.0", value: 7, on: server, folder: "lib")
        try await home.maven(["deploy"], in: "lib").checked()
        try home.mavenProgram("classic", "1.2.0", on: server, folder: "app")
        try home.write(
            """
            apply plugin: 'java'
            apply plugin: 'application'
            mainClassName = 'app.App'
            repositories { maven { url '\(server.url)/maven/releases' } }
            dependencies { compile 'org.hallmark.classic:classic:1.+' }
            """, to: "app/build.gradle")
        let built = try await home.run(
            .gradle, ["--no-daemon", "--console", "plain", "-q", "run"], in: "app", limit: .seconds(600)
        ).checked()
        #expect(built.output.contains("7\n"), "\(built)")
    }
}
