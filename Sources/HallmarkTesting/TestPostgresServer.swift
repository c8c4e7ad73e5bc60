import Foundation
import Synchronization

/// A running PostgreSQL server on which tests make databases.
struct TestPostgresServer: Sendable {
    private static let count = Atomic(0)

    /// The URL of the database that new ones are made from.
    let url: String
    /// Where `createdb` and `dropdb` are.
    let tools: String

    /// Makes a database.
    /// - Parameter template: The URL of the database to copy, which nobody may be connected to.
    /// - Returns: The URL of the new one.
    /// - Throws: What `createdb` says.
    func create(copying template: String?) async throws -> String {
        let number = Self.count.add(1, ordering: .relaxed).newValue
        let name = "hallmark_test_\(ProcessInfo.processInfo.processIdentifier)_\(number)"
        let source = template.flatMap(Self.name) ?? "template1"
        try await run("createdb", ["--maintenance-db", url, "--template", source, name])
        guard var parts = URLComponents(string: url) else { throw TestPostgresError("not a URL: \(url)") }
        parts.path = "/" + name
        guard let made = parts.string else { throw TestPostgresError("not a URL: \(url)") }
        return made
    }

    /// Removes a database, even while someone is connected.
    func drop(_ database: String) async throws {
        guard let name = Self.name(database) else { return }
        try await run("dropdb", ["--maintenance-db", url, "--if-exists", "--force", name])
    }

    private static func name(_ url: String) -> String? {
        URLComponents(string: url).map { String($0.path.dropFirst()) }
    }

    private func run(_ tool: String, _ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tools).appendingPathComponent(tool)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let output = Pipe()
        process.standardError = output
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        guard process.terminationStatus != 0 else { return }
        let message = try output.fileHandleForReading.readToEnd() ?? Data()
        throw TestPostgresError("\(tool): " + String(decoding: message, as: UTF8.self))
    }
}

/// Why a test server cannot be used.
struct TestPostgresError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
