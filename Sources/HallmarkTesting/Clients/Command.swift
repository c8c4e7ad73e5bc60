package import Foundation
import Glibc

/// A program to run, with everything that it sees of the world.
package struct Command: Sendable {
    /// The program and its arguments.
    package var words: [String]
    /// Its whole environment; nothing else is inherited.
    package var environment: [String: String]
    /// Where it runs.
    package var directory: URL
    /// What it reads on standard input; empty for none.
    package var input: String

    /// Describes a run.
    package init(_ words: [String], environment: [String: String], directory: URL, input: String = "") {
        self.words = words
        self.environment = environment
        self.directory = directory
        self.input = input
    }

    /// Runs it to its end.
    ///
    /// Output goes to files rather than pipes, so that a chatty program never waits for a reader.
    /// - Parameter limit: After this time the program and what it started are killed.
    /// - Returns: How it ended and what it printed.
    /// - Throws: When it could not be started.
    package func run(limit: Duration = hangLimit) async throws -> CommandResult {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "output")
        let errors = folder.appending(path: "errors")
        let child = try ChildProcess(self, output: output, errors: errors)
        let timer = Task {
            try await Task.sleep(for: limit)
            child.send(SIGKILL)
        }
        let status = await child.exitStatus()
        timer.cancel()
        return CommandResult(
            command: words.joined(separator: " "), status: status, output: Self.read(output),
            errors: Self.read(errors))
    }

    private static func read(_ file: URL) -> String {
        String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self)
    }
}
