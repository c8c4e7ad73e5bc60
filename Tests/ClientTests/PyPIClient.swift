import HallmarkTesting

/// The Python clients, pointed at a Hallmark.
extension ClientHome {
    /// Uploads with twine.
    func twine(
        _ server: ServerProcess, token: String, files: [String], with variables: [String: String] = [:]
    ) async throws -> CommandResult {
        try await run(
            .twine,
            [
                "upload", "--disable-progress-bar", "--non-interactive", "--repository-url",
                "\(server.url)/pypi/legacy/", "-u", "__token__", "-p", token,
            ] + files, with: variables)
    }

    /// Uploads with uv.
    func uvPublish(
        _ server: ServerProcess, token: String, files: [String], arguments: [String] = []
    ) async throws -> CommandResult {
        try await run(
            .uv,
            ["publish", "--publish-url", "\(server.url)/pypi/legacy/", "--token", token] + arguments + files)
    }

    /// Installs with pip into `site`, from this server alone.
    func pipInstall(_ server: ServerProcess, _ arguments: [String]) async throws -> CommandResult {
        try await run(
            .pip, ["install", "--target", "site", "--upgrade", "--index-url", "\(server.url)/pypi/simple/"] + arguments)
    }

    /// The `value` of an installed module.
    func moduleValue(_ module: String) async throws -> String {
        try await run(
            .python, ["-c", "import \(module); print(\(module).value, end='')"],
            with: ["PYTHONPATH": path("site")]
        ).checked().output
    }
}

/// Whether the machine has the Python clients.
let hasPython = [ClientTool.python, .pip, .twine, .uv].allSatisfy(\.isAvailable)
