import Foundation
import HallmarkTesting
import Testing

/// The small set of real packages; `make demo-corpus` has the large one.
@Suite("Real packages", .serialized, .server, .enabled(if: hasPython, "needs scripts/bootstrap test"))
struct CorpusTests {
    /// Publishes an ecosystem's small set, then installs from the server alone.
    private func run(_ ecosystem: String) async throws -> CommandResult {
        let server = try RunningServer.current
        let token = try await server.publisher("corpus-\(ecosystem)")
        return try await Self.script(ecosystem, ["--url", server.url, "--token", token]).checked()
    }

    /// Runs a corpus script with the caller's environment: what it downloads comes from outside.
    private static func script(_ ecosystem: String, _ arguments: [String]) async throws -> CommandResult {
        let words = [
            Checkout.environment.appending(path: "bin/python").path(percentEncoded: false),
            Checkout.root.appending(path: "scripts/corpus/\(ecosystem).py").path(percentEncoded: false), "--small",
        ]
        return try await Command(
            words + arguments, environment: ProcessInfo.processInfo.environment, directory: Checkout.root
        ).run(limit: .seconds(600))
    }

    /// Whether Debian's crates are there, or can be downloaded now.
    private static func hasCrates() async -> Bool {
        let nowhere = ["--url", "http://localhost", "--token", "none", "--fetch-only"]
        guard hasCargo else { return false }
        return (try? await script("cargo", nowhere).succeeded) == true
    }

    @Test("Wheels that twine and build are made of")
    func wheels() async throws {
        let result = try await run("pypi")
        #expect(result.says("installed from Hallmark alone"), "\(result)")
    }

    @Test("Crates of Debian", .enabled("needs cargo, apt-get and a network") { await hasCrates() })
    func crates() async throws {
        let result = try await run("cargo")
        #expect(result.says("built from Hallmark alone"), "\(result)")
    }

    /// Whether Debian's source packages of PHP are there, or can be downloaded now.
    private static func hasPHPSources() async -> Bool {
        let nowhere = ["--url", "http://localhost", "--token", "none", "--fetch-only"]
        guard hasComposer else { return false }
        return (try? await script("composer", nowhere).succeeded) == true
    }

    @Test("PHP packages of Debian", .enabled("needs php, composer, apt-get and a network") { await hasPHPSources() })
    func composer() async throws {
        let result = try await run("composer")
        #expect(result.says("installed from Hallmark alone") && !result.says("refused"), "\(result)")
    }

    @Test("Artifacts of Debian", .enabled(if: hasMaven, "needs mvn and Debian's plugins"))
    func artifacts() async throws {
        let result = try await run("maven")
        #expect(result.says("resolved from Hallmark alone"), "\(result)")
    }

    @Test("Packages that npm itself is made of", .enabled(if: ClientTool.npm.isAvailable, "needs npm"))
    func npm() async throws {
        let result = try await run("npm")
        #expect(result.says("installed from Hallmark alone"), "\(result)")
    }
}
