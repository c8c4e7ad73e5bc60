import Foundation
import HallmarkTesting

/// Maven, pointed at a Hallmark.
extension ClientHome {
    /// Runs goals in a folder.
    func maven(_ goals: [String], in folder: String = ".") async throws -> CommandResult {
        let options = [
            "--batch-mode", "--no-transfer-progress", "--settings", path("settings.xml"),
        ]
        return try await run(.maven, options + goals, in: folder, limit: .seconds(600))
    }

    /// Writes a project with one class, which is deployed to the server.
    func mavenLibrary(
        _ artifact: String, _ version: String, value: Int = 42, on server: ServerProcess, extra: String = "",
        folder: String
    ) throws {
        try write(
            """
            <project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
            <groupId>org.hallmark.\(artifact)</groupId><artifactId>\(artifact)</artifactId><version>\(version)</version>
            \(Self.compiler)\(extra)
            <distributionManagement>
            <repository><id>hallmark</id><url>\(server.url)/maven/releases</url></repository>
            <snapshotRepository><id>hallmark</id><url>\(server.url)/maven/snapshots</url></snapshotRepository>
            </distributionManagement></project>
            """, to: "\(folder)/pom.xml")
        try write(
            "package lib; public class Lib { public static int value() { return \(value); } }\n",
            to: "\(folder)/src/main/java/lib/Lib.java")
    }

    /// Writes a program that uses such a library; digests that are wrong or missing fail its build.
    func mavenProgram(_ artifact: String, _ requirement: String, on server: ServerProcess, folder: String) throws {
        try write(
            """
            <project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
            <groupId>org.hallmark.app</groupId><artifactId>app</artifactId><version>1</version>
            \(Self.compiler)
            <repositories><repository><id>hallmark</id><url>\(server.url)/maven/releases</url>
            <releases><checksumPolicy>fail</checksumPolicy></releases><snapshots><enabled>false</enabled></snapshots></repository>
            <repository><id>hallmark-snapshots</id><url>\(server.url)/maven/snapshots</url>
            <releases><enabled>false</enabled></releases><snapshots><checksumPolicy>fail</checksumPolicy></snapshots>
            </repository></repositories>
            <dependencies><dependency><groupId>org.hallmark.\(artifact)</groupId><artifactId>\(artifact)</artifactId>
            <version>\(requirement)</version></dependency></dependencies></project>
            """, to: "\(folder)/pom.xml")
        try write(
            "package app; public class App { public static void main(String[] words) {"
                + " System.out.println(lib.Lib.value()); } }\n",
            to: "\(folder)/src/main/java/app/App.java")
    }

    /// Builds such a program with nothing of the tests in the local repository, and gives what it prints.
    func mavenRun(_ folder: String, artifact: String, _ version: String) async throws -> String {
        try? FileManager.default.removeItem(atPath: path("m2/org/hallmark"))
        try await maven(["-U", "compile"], in: folder).checked()
        let jar = path("m2/org/hallmark/\(artifact)/\(artifact)/\(version)/\(artifact)-\(version).jar")
        return try await run(.java, ["-cp", "target/classes:\(jar)", "app.App"], in: folder).checked().output
    }

    private static let compiler = """
        <properties><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
        <maven.compiler.source>17</maven.compiler.source><maven.compiler.target>17</maven.compiler.target></properties>
        """
}

/// Whether the machine has Maven with the plugins that Debian has.
let hasMaven =
    ClientTool.maven.isAvailable
    && FileManager.default.fileExists(atPath: "/usr/share/maven-repo/org/apache/maven/plugins/maven-deploy-plugin")
