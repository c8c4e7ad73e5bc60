import Foundation
import HallmarkTesting
import Testing

/// What the client tests stand on: programs run to their end or are stopped, and see nothing of this machine.
@Suite("The harness of the client tests")
struct HarnessTests {
    private func shell(_ script: String, limit: Duration = .seconds(60)) async throws -> CommandResult {
        let command = Command(
            ["/bin/sh", "-c", script], environment: ["NAME": "lantern"],
            directory: FileManager.default.temporaryDirectory, input: "read me")
        return try await command.run(limit: limit)
    }

    @Test("Exit code, both outputs, input and environment")
    func ends() async throws {
        let result = try await shell("cat; echo \" $NAME ${HOME:-homeless}\"; echo bad >&2; exit 3")
        #expect(result.status == 3 && !result.succeeded)
        #expect(result.output == "read me lantern homeless\n")
        #expect(result.errors == "bad\n")
        #expect(result.says("BAD"))
        #expect(throws: CommandFailure.self) { try result.checked() }
    }

    @Test("More output than a pipe holds")
    func longOutput() async throws {
        let result = try await shell(
            "head -c 3000000 /dev/zero | tr '\\0' x; head -c 3000000 /dev/zero | tr '\\0' y >&2")
        #expect(result.output.utf8.count == 3_000_000 && result.errors.utf8.count == 3_000_000)
    }

    @Test("The time limit ends a program and what it started")
    func limit() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "hallmark-limit-\(UUID().uuidString)")
        let result = try await shell("(sleep 100; touch \(file.path)) & echo $!; wait", limit: .milliseconds(300))
        #expect(result.status == 128 + 9)
        let child = result.output.trimmingCharacters(in: .whitespacesAndNewlines)
        try await waitUntil("the end of the background process") {
            let state = (try? String(contentsOf: URL(filePath: "/proc/\(child)/stat"), encoding: .utf8)) ?? ""
            return state.isEmpty || state.contains(") Z ")
        }
    }

    @Test("Every client starts", arguments: ClientTool.allCases.filter { $0.isAvailable && $0 != .python })
    func starts(tool: ClientTool) async throws {
        let result = try await ClientHome().run(tool, [tool == .openssl ? "version" : "--version"])
        #expect(result.succeeded, "\(result)")
    }
}
