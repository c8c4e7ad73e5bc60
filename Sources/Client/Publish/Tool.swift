import Foundation

/// A program of another ecosystem that makes an archive.
///
/// It runs without the token in its environment: build scripts are code of many authors.
struct Tool: Sendable {
    let name: String
    private let path: String

    /// Finds a program; nil where the machine does not have it.
    init?(_ name: String, environment: [String: String] = ProcessInfo.processInfo.environment) {
        let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        guard let path = folders.map({ "\($0)/\(name)" }).first(where: FileManager.default.isExecutableFile) else {
            return nil
        }
        self.name = name
        self.path = path
    }

    /// Finds a program that has to be there; `advice` says how to get it.
    init(required name: String, advice: String) throws(ClientFault) {
        guard let tool = Tool(name) else {
            throw ClientFault("This needs '\(name)', which is not installed. \(advice)")
        }
        self = tool
    }

    /// How a run ended.
    struct Result: Sendable {
        let status: Int32
        let output: String
    }

    /// Runs it to its end; what it says on standard error is shown as it comes, unless it is to be quiet.
    func attempt(_ arguments: [String], in folder: String, isQuiet: Bool = false) throws -> Result {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder, directoryHint: .isDirectory)
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("HALLMARK_") }
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        if isQuiet { process.standardError = FileHandle.nullDevice }
        do {
            try process.run()
        } catch {
            throw ClientFault("'\(name)' could not be started: \(error.localizedDescription)")
        }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }

    /// Runs it and wants it to succeed.
    @discardableResult
    func run(_ arguments: [String], in folder: String) throws -> String {
        let result = try attempt(arguments, in: folder)
        guard result.status == 0 else {
            // What is last says most; each line is cleaned for itself, so that they stay lines.
            let said = result.output.split(whereSeparator: \.isNewline).suffix(20).map {
                "\n  \(Refusal.clean(String($0)))"
            }
            throw ClientFault("'\(name) \(arguments.first ?? "")' ended with \(result.status)." + said.joined())
        }
        return result.output
    }
}
