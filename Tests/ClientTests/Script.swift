import Foundation
import HallmarkTesting

/// The scripts of this checkout, run on the program of this build.
enum Script {
    /// Runs `scripts/NAME --hallmark PROGRAM`, with more arguments; a busy machine gets a quarter of an hour.
    static func run(_ name: String, _ arguments: [String]) async throws -> CommandResult {
        let python = ClientTool.python.launch ?? ["python3"]
        let script = Checkout.root.appending(path: "scripts/\(name)").path(percentEncoded: false)
        let program = ["--hallmark", Checkout.hallmark.path(percentEncoded: false)]
        return try await Command(
            python + [script] + program + arguments, environment: ProcessInfo.processInfo.environment,
            directory: FileManager.default.temporaryDirectory
        ).run(limit: .seconds(900))
    }
}
