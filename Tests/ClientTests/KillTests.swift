import Foundation
import HallmarkTesting
import Testing

/// A short run of the harness that `make kill` runs for ten minutes.
@Suite("The kill harness", .enabled(if: ClientTool.python.isAvailable, "needs scripts/bootstrap test"))
struct KillTests {
    @Test("A Maven release may lack its sources where nobody was told that it is published, and nothing else")
    func checks() async throws {
        let result = try await Script.run("testing/kill_checks.py", [])
        #expect(result.succeeded, "\(result)")
    }

    @Test("Four kills over SQLite lose nothing")
    func smoke() async throws {
        // The tests keep the machine busy and the build is not optimized: how fast it starts is the long run's matter.
        let result = try await Script.run(
            "kill-harness",
            ["--kills", "4", "--database", "sqlite", "--seed", "7", "--ready-limit", "30", "--large", "2"])
        #expect(result.succeeded, "\(result)")
        #expect(result.says("violations: none") && result.says("faults made on purpose and found"), "\(result)")
    }
}
