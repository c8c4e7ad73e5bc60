import Foundation
import HallmarkTesting
import Testing

@Suite("The REST API against its own description", .timeLimit(.minutes(25)))
struct APISchemathesisTests {
    private static var isAvailable: Bool {
        let tool = Checkout.environment.appending(path: "bin/st").path(percentEncoded: false)
        return SamplePackage.isAvailable && FileManager.default.isExecutableFile(atPath: tool)
    }

    @Test(
        "Made-up calls get answers that are described, and no server errors",
        .enabled(if: isAvailable, "needs schemathesis"))
    func madeUp() async throws {
        let home = try ClientHome()
        let script = Checkout.root.appending(path: "scripts/schemathesis").path(percentEncoded: false)
        let words = [
            script, "--binary", Checkout.hallmark.path(percentEncoded: false), "--examples", "2", "--seed", "1",
        ]
        let command = Command(words, environment: ["PATH": "/usr/bin:/bin"], directory: home.directory)
        let result = try await command.run(limit: .seconds(1200))
        #expect(result.succeeded, "\(result.output.suffix(4000))\(result.errors.suffix(1000))")
    }
}
