package import Foundation

/// Runs another program whose answers a test compares with its own: its behaviour is the oracle.
package enum OracleProgram {
    /// It ended with an error.
    package struct Failed: Error {
        package let status: Int32
    }

    /// What a program prints when it is given `input`, and how it ended; standard errors are lost.
    package static func run(_ arguments: [String], input: String = "") throws -> (output: String, status: Int32) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let (standardInput, standardOutput) = (Pipe(), Pipe())
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
        return (String(decoding: output, as: UTF8.self), process.terminationStatus)
    }

    /// What it prints.
    /// - Throws: ``Failed`` where it ends with an error.
    package static func output(of arguments: [String], input: String = "") throws -> String {
        let (output, status) = try run(arguments, input: input)
        guard status == 0 else { throw Failed(status: status) }
        return output
    }

    /// The lines that it prints for the lines it is given.
    /// - Throws: ``Failed`` where it ends with an error.
    package static func lines(_ arguments: [String], _ input: [String]) throws -> [String] {
        try output(of: arguments, input: input.map { $0 + "\n" }.joined())
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// Calls `body` with a folder that is gone afterwards.
    package static func withFolder<Value>(_ body: (URL) throws -> Value) throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hallmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    /// Calls `body` with the path of a file of that name and content, which is gone afterwards.
    package static func withFile<Value>(
        _ name: String, _ content: String, _ body: (String) throws -> Value
    ) throws -> Value {
        try withFolder { folder in
            let file = folder.appendingPathComponent(name)
            try Data(content.utf8).write(to: file)
            return try body(file.path)
        }
    }
}
