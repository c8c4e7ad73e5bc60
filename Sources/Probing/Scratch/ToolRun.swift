import Foundation
import Glibc

/// Runs a command to its end.
enum ToolRun {
    /// What a command writes on standard output.
    /// - Throws: ``ProbeFault`` with what it says on standard error, unless it ends with 0.
    static func output(_ words: [String], environment: [String: String]) async throws -> String {
        let folder = try Undertaker.shared.makeFolder()
        defer { Undertaker.shared.remove(folder) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.environment = environment
        let files = ["output", "errors"].map { URL(fileURLWithPath: "\(folder)/\($0)") }
        for file in files { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        process.standardInput = FileHandle.nullDevice
        let status = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                _ = try Undertaker.shared.start {
                    try process.run()
                    return process.processIdentifier
                }
            } catch { continuation.resume(throwing: error) }
        }
        Undertaker.shared.forget(process.processIdentifier)
        let texts = files.map { (try? String(contentsOf: $0, encoding: .utf8)) ?? "" }
        guard status == 0 else {
            throw ProbeFault("'\(words.dropFirst().joined(separator: " "))' ended with \(status): \(texts[1].trimmed)")
        }
        return texts[0].trimmed
    }
}
