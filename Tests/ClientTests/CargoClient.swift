import HallmarkTesting

/// cargo, pointed at a Hallmark that it knows as `hallmark`.
extension ClientHome {
    /// Runs a cargo command on the registry.
    func cargo(_ arguments: [String], in folder: String = ".") async throws -> CommandResult {
        try await run(.cargo, arguments + ["--registry", "hallmark"], in: folder)
    }

    /// Publishes the crate in `folder` without building it first.
    func cargoPublish(_ folder: String) async throws -> CommandResult {
        try await cargo(["publish", "--allow-dirty", "--no-verify"], in: folder)
    }
}

/// Whether the machine has cargo.
let hasCargo = ClientTool.cargo.isAvailable
