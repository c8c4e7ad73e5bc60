import Foundation
import Glibc
import HallmarkTesting

/// nginx as a reverse proxy with one kept connection to a server.
final class ProxyProcess: Sendable {
    private static let program = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Whether the machine has it.
    static var isAvailable: Bool { program != nil }

    let port: UInt16
    private let child: ChildProcess
    private let folder: URL

    /// Starts it and waits until it answers.
    /// - Parameters:
    ///   - server: The port of the server behind it.
    ///   - isBuffering: Whether it reads a request and a response whole before it passes them on.
    /// - Throws: When it does not answer in time.
    init(to server: UInt16, isBuffering: Bool) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-proxy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        port = UInt16.random(in: 41_000...49_000)
        let path = folder.path(percentEncoded: false)
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(path)/\($0);" }.joined(separator: " ")
        let flag = isBuffering ? "on" : "off"
        let configuration = """
            daemon off; worker_processes 1; pid \(path)/pid; error_log stderr; \(getuid() == 0 ? "user root;" : "")
            events { worker_connections 256; }
            http {
                access_log off; \(temporary) underscores_in_headers on; ignore_invalid_headers off;
                upstream hallmark { server 127.0.0.1:\(server); keepalive 1; }
                server {
                    listen 127.0.0.1:\(port);
                    location / {
                        proxy_pass http://hallmark; proxy_http_version 1.1; proxy_set_header Connection "";
                        proxy_request_buffering \(flag); proxy_buffering \(flag);
                    }
                }
            }
            """
        let file = folder.appending(path: "nginx.conf")
        try Data(configuration.utf8).write(to: file)
        let words = [Self.program ?? "nginx", "-c", file.path(percentEncoded: false), "-e", "stderr"]
        child = try ChildProcess(
            Command(words, environment: [:], directory: folder), output: folder.appending(path: "output"),
            errors: folder.appending(path: "errors"))
        try await waitUntil("an answer through the proxy", every: .milliseconds(50)) {
            if (try? await Probe.get("http://127.0.0.1:\(port)/healthz").status) == 200 { return true }
            guard !child.isRunning else { return false }
            let log = (try? String(contentsOf: folder.appending(path: "errors"), encoding: .utf8)) ?? ""
            throw ServerProcess.Failure.notReady(log)
        }
    }

    /// Stops it and waits for its end.
    func stop() async {
        child.send(SIGTERM)
        _ = await child.exitStatus()
    }

    deinit {
        child.send(SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }
}
