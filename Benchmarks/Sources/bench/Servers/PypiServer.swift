import Foundation

/// pypiserver with a folder of wheels.
///
/// Its automatic choice of an HTTP server is waitress, which devpi-server brings.
final class PypiServer {
    let process: ServerProcess
    let port: Int
    private let folder: String

    /// Starts it with an empty folder.
    init(_ settings: Settings) throws {
        let folder = settings.path("pypiserver")
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        port = try Ports.free()
        let port = port
        process = ServerProcess(
            "pypiserver",
            command: [
                try settings.pythonProgram("pypi-server"), "run", "--interface", "127.0.0.1", "--port", "\(port)",
                "--server", "auto", "--backend", "cached-dir", "--disable-fallback", folder,
            ],
            cpus: settings.serverCPUs, log: settings.path("pypiserver.log"),
            isReady: { ServerProcess.answers(port, "/health") || ServerProcess.answers(port, "/simple/") })
        try process.start()
    }

    /// Puts wheels into its folder.
    func take(_ files: [String], from source: String) throws {
        for file in files {
            try FileManager.default.copyItem(atPath: "\(source)/\(file)", toPath: "\(folder)/\(file)")
        }
    }
}
