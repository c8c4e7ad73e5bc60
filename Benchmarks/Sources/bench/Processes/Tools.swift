import Foundation

/// The programs that the benchmarks start.
enum Tools {
    /// Where a program lies, by its name, in PATH or where Debian keeps servers.
    static func find(_ name: String) throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        for folder in path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"] {
            let candidate = "\(folder)/\(name)"
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        throw BenchFailure("there is no \(name) on PATH; `scripts/bootstrap bench` installs it")
    }

    /// Runs a program to its end.
    /// - Returns: What it wrote to standard output and standard error.
    /// - Throws: ``BenchFailure`` with its last words when it ends with anything but 0.
    static func run(_ command: [String], environment: [String: String] = [:]) throws -> String {
        let folder = FileManager.default.temporaryDirectory
        let log = folder.appendingPathComponent("bench-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: log) }
        let child = try ChildProcess(command, environment: environment, log: log)
        let status = child.wait()
        let output = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
        guard status == 0 else {
            throw BenchFailure("\(command.joined(separator: " ")) ended with \(status):\n\(output.suffix(2000))")
        }
        return output
    }

    /// The first line of what a program says about its version.
    static func version(_ command: [String]) -> String {
        let child = try? runWhateverStatus(command)
        let line = child?.split(separator: "\n").first.map(String.init) ?? "unknown"
        return line.trimmingCharacters(in: .whitespaces)
    }

    /// wrk prints its version with its usage and ends with 1.
    private static func runWhateverStatus(_ command: [String]) throws -> String {
        let log = FileManager.default.temporaryDirectory.appendingPathComponent("bench-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: log) }
        _ = try ChildProcess(command, log: log).wait()
        return String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
    }
}
