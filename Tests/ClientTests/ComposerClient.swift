import Foundation
import HallmarkTesting

/// Composer, and the PUT with which packages come to a Hallmark.
extension ClientHome {
    /// Runs a Composer command in a project.
    func composer(
        _ arguments: [String], in folder: String = "app", with variables: [String: String] = [:]
    ) async throws -> CommandResult {
        try await run(.composer, arguments, in: folder, with: variables)
    }

    /// Sends a file as `curl --upload-file` does.
    func put(
        _ server: ServerProcess, _ file: String, token: String?, version: String = "", user: String = "__token__"
    ) async throws -> Probe {
        let query = version.isEmpty ? "" : "?version=\(version)"
        let credential = token.map { ["--user", "\(user):\($0)"] } ?? []
        return try await Probe.send(
            "PUT", "\(server.url)/composer\(query)", arguments: credential + ["--data-binary", "@\(file)"])
    }

    /// Makes a package and publishes it.
    @discardableResult
    func composerPublish(
        _ server: ServerProcess, _ name: String, _ version: String, _ arguments: [String] = [], value: String = "1",
        token: String
    ) async throws -> Probe {
        let file = try await composerArchive(name, version, arguments, value: value, file: "\(UUID().uuidString).bin")
        return try await put(server, file, token: token)
    }

    /// What the class of a package in a project says.
    func lampValue(_ space: String, in folder: String = "app") async throws -> String {
        try await run(.php, ["-r", "require 'vendor/autoload.php'; echo \(space)\\Lamp::VALUE;"], in: folder)
            .checked().output
    }

    /// What a project's lock file says of a package.
    func locked(_ name: String, in folder: String = "app") throws -> [String: Any]? {
        let lock = try JSONSerialization.jsonObject(with: try data("\(folder)/composer.lock")) as? [String: Any]
        return (lock?["packages"] as? [[String: Any]])?.first { $0["name"] as? String == name }
    }
}

/// Whether the machine has Composer, PHP and what makes the archives.
let hasComposer = ClientTool.composer.isAvailable && ClientTool.php.isAvailable && hasPython
