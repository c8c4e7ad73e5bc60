import Foundation
import HallmarkTesting
import Testing

/// What SIGKILL cannot show: that a publish is on the disk, and not only in the system's memory, before it is answered.
@Suite("Durability", .serialized)
struct DurabilityTests {
    /// Whether strace is here and may trace; a container may forbid it.
    private static func canTrace() async throws -> Bool {
        guard ClientTool.python.isAvailable else { return false }
        let words = ["strace", "-f", "-o", "/dev/null", "true"]
        let directory = FileManager.default.temporaryDirectory
        return try await Command(words, environment: ProcessInfo.processInfo.environment, directory: directory)
            .run().succeeded
    }

    @Test(
        "The answer to a publish follows every fsync, and the check fails without any one of them",
        .enabled("needs scripts/bootstrap test, and the right to trace", DurabilityTests.canTrace),
        arguments: TestBackend.allCases)
    func order(backend: TestBackend) async throws {
        guard backend.isAvailable else { try Test.cancel("\(backend) is not installed") }
        let result = try await Script.run("durability-trace", ["--database", backend.rawValue])
        #expect(result.succeeded, "\(result)")
        #expect(result.says("the transaction, in") && result.says("the bytes of the blob"), "\(result)")
    }
}
