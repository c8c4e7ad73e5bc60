import Foundation

/// The machine's Python, whose standard library is the oracle of many tests.
package enum SystemPython {
    /// Whether the machine has one.
    package static let isAvailable = has("sys")

    /// Whether it has a module.
    package static func has(_ module: String) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import \(module)"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// The lines that a script prints when it reads these lines.
    /// - Throws: ``CommandFailure`` where it ends with an error.
    package static func lines(of script: String, reading lines: [String]) async throws -> [String] {
        let result = try await run(["-c", script], input: lines.map { $0 + "\n" }.joined())
        return result.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// Runs it to its end.
    /// - Throws: ``CommandFailure`` where it ends with an error.
    @discardableResult
    package static func run(_ arguments: [String], input: String = "") async throws -> CommandResult {
        let environment = ["PATH": ClientTool.searchPath.joined(separator: ":"), "PYTHONUTF8": "1"]
        return try await Command(
            ["python3"] + arguments, environment: environment, directory: FileManager.default.temporaryDirectory,
            input: input
        ).run().checked()
    }
}
