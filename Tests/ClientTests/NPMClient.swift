import Foundation
import HallmarkTesting
import Testing

/// One npm of those that the tests drive: the machine's own, and the newest there is.
struct NPMVersion: Sendable, CustomTestStringConvertible {
    /// Which.
    let tool: ClientTool
    /// Part of the names that the tests with this npm use.
    let mark: String

    /// Every npm that the machine has.
    static let available = [
        NPMVersion(tool: .npm, mark: "own"), NPMVersion(tool: .newestNPM, mark: "new"),
    ].filter(\.tool.isAvailable)

    var testDescription: String { tool.rawValue }
}

extension ClientHome {
    /// Runs npm in a folder below the home.
    func npm(
        _ npm: NPMVersion, _ arguments: [String], in folder: String = ".", with variables: [String: String] = [:]
    ) async throws -> CommandResult {
        try await run(npm.tool, arguments, in: folder, with: variables)
    }

    /// Writes a package and publishes it.
    @discardableResult
    func npmPublish(
        _ npm: NPMVersion, _ name: String, _ version: String, fields: String = "", value: String = "1",
        arguments: [String] = []
    ) async throws -> CommandResult {
        let folder = "packages/\(name)-\(version)"
        try npmPackage(name, version, fields: fields, value: value, folder: folder)
        return try await self.npm(npm, ["publish"] + arguments, in: folder)
    }

    /// Makes an empty project.
    func npmProject(_ folder: String) throws {
        try write("{ \"name\": \"app\", \"version\": \"1.0.0\", \"private\": true }\n", to: "\(folder)/package.json")
    }

    /// What `require(name)` gives in a project.
    func required(_ name: String, by npm: NPMVersion, in folder: String) async throws -> String {
        let node = npm.tool == .newestNPM ? ClientTool.newestNode?.path(percentEncoded: false) ?? "node" : "node"
        return try await Command(
            [node, "-p", "require('\(name)')"], environment: environment, directory: directory.appending(path: folder)
        ).run().checked().output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Whether the machine has an npm.
let hasNPM = !NPMVersion.available.isEmpty
