import Foundation

/// Runs a script in the machine's Python, where a test takes Python's own behaviour as its oracle.
enum PythonOracle {
    /// Whether the script runs without an error, which says whether an oracle is there at all.
    static func runs(_ script: String) -> Bool {
        (try? run(script)) != nil
    }

    /// What the script prints when it is given `input`.
    static func run(_ script: String, input: String = "") throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        let standardInput = Pipe()
        let standardOutput = Pipe()
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = FileHandle.nullDevice
        try process.run()
        let writer = Thread {
            try? standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try? standardInput.fileHandleForWriting.close()
        }
        writer.start()
        let output = try standardOutput.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(status: process.terminationStatus) }
        return String(decoding: output, as: UTF8.self)
    }

    struct Failed: Error {
        let status: Int32
    }
}
