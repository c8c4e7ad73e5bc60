import Foundation

/// Runs another package manager's own code on thousands of samples, where a test takes that code as its oracle.
enum ToolOracle {
    /// What a program prints when it is given `input`; standard errors are lost.
    static func run(_ arguments: [String], input: String = "") throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
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

    /// The lines that a program prints for the lines it is given.
    static func lines(_ arguments: [String], _ input: [String]) throws -> [String] {
        try run(arguments, input: input.map { $0 + "\n" }.joined())
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// Calls `body` with the path of a file of that name and content, which is gone afterwards.
    static func withFile<Value>(_ name: String, _ content: String, _ body: (String) throws -> Value) throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hallmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        try Data(content.utf8).write(to: file)
        return try body(file.path)
    }

    struct Failed: Error {
        let status: Int32
    }
}
