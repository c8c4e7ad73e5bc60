import Foundation
import HallmarkTesting
import RegistryModel

/// `hallmark` as somebody runs it who publishes.
extension ClientHome {
    /// Runs `hallmark` as somebody whose token is in a file.
    func hallmark(
        _ server: ServerProcess, _ words: [String], token: String?, with variables: [String: String] = [:]
    ) async throws -> CommandResult {
        var environment = environment.merging(["HALLMARK_REGISTRY": server.url]) { $1 }
        if let token {
            try write(token, to: "token")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path("token"))
            environment["HALLMARK_TOKEN_FILE"] = path("token")
        }
        let program = Checkout.hallmark.path(percentEncoded: false)
        return try await Command(
            [program] + words, environment: environment.merging(variables) { $1 }, directory: directory
        ).run(limit: .seconds(600))
    }

    /// Runs git in a folder below the home.
    func git(_ arguments: [String], in folder: String) async throws {
        let identity = ["-c", "user.name=A Publisher", "-c", "user.email=publisher@example.org"]
        try await Command(
            ["/usr/bin/env", "git"] + identity + arguments, environment: environment,
            directory: directory.appending(path: folder)
        ).run().checked()
    }

    /// Makes a folder a repository with one commit that has a tag.
    func commit(_ folder: String, tag: String, origin: String? = nil) async throws {
        try await git(["init", "--quiet"], in: folder)
        if let origin { try await git(["remote", "add", "origin", origin], in: folder) }
        try await git(["add", "."], in: folder)
        try await git(["commit", "--quiet", "--message", "Everything"], in: folder)
        try await git(["tag", tag], in: folder)
    }
}

extension CommandResult {
    /// What it answered with `--json`.
    func json() throws -> JSONValue { try JSONValue.parse(Array(output.utf8)) }
}
