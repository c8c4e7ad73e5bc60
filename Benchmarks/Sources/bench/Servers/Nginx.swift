import Foundation
import Glibc

/// nginx serving files from a folder.
final class Nginx {
    let process: ServerProcess
    /// With open_file_cache.
    let port: Int
    /// The same files without it, for documents that are read once.
    let coldPort: Int
    let tlsPort: Int
    private let root: String

    /// Writes its configuration and starts it.
    init(_ settings: Settings, certificate: Certificate) throws {
        (port, coldPort, tlsPort) = (try Ports.free(), try Ports.free(), try Ports.free())
        let folder = settings.path("nginx")
        root = "\(folder)/root"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        let text = Self.configuration(
            folder: folder, workers: settings.workers, ports: (port, coldPort, tlsPort), certificate: certificate)
        try text.write(toFile: "\(folder)/nginx.conf", atomically: true, encoding: .utf8)
        let port = port
        process = ServerProcess(
            "nginx", command: [try Tools.find("nginx"), "-p", folder, "-c", "\(folder)/nginx.conf", "-e", "stderr"],
            cpus: settings.serverCPUs, log: settings.path("nginx.log"), otherLogs: ["\(folder)/access.log"],
            isReady: { (try? SocketStream(port: port)) != nil })
        try process.start()
    }

    /// Puts a document into its root.
    /// - Returns: The path under which it is served.
    func put(_ bytes: [UInt8], compressed: [UInt8]? = nil, at name: String) throws -> String {
        let path = "\(root)/\(name)"
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        if let compressed { try Data(compressed).write(to: URL(fileURLWithPath: "\(path).gz")) }
        return "/\(name)"
    }

    /// Its configuration: everything that makes it fast at serving files, and one log line a request as Hallmark writes it.
    static func configuration(
        folder: String, workers: Int, ports: (plain: Int, cold: Int, tls: Int), certificate: Certificate
    ) -> String {
        """
        \(geteuid() == 0 ? "user root;" : "")
        daemon off;
        pid \(folder)/nginx.pid;
        worker_processes \(workers);
        worker_rlimit_nofile 16384;
        events {
            worker_connections 8192;
            multi_accept on;
        }
        http {
            sendfile on;
            tcp_nopush on;
            tcp_nodelay on;
            keepalive_timeout 600s;
            keepalive_requests 1000000000;
            etag on;
            gzip_static on;
            gzip_vary on;
            default_type application/json;
            log_format line '$time_iso8601 $request_id $request_method $uri $status $body_bytes_sent $request_time '
                '$remote_addr "$http_user_agent"';
            access_log \(folder)/access.log line buffer=64k flush=1s;
            client_body_temp_path \(folder)/body;
            proxy_temp_path \(folder)/proxy;
            fastcgi_temp_path \(folder)/fastcgi;
            uwsgi_temp_path \(folder)/uwsgi;
            scgi_temp_path \(folder)/scgi;
            root \(folder)/root;
            server {
                listen 127.0.0.1:\(ports.plain) backlog=4096;
                open_file_cache max=100000 inactive=10m;
                open_file_cache_valid 10m;
            }
            server {
                listen 127.0.0.1:\(ports.cold) backlog=4096;
                open_file_cache off;
            }
            server {
                listen 127.0.0.1:\(ports.tls) ssl http2 backlog=4096;
                ssl_certificate \(certificate.chain);
                ssl_certificate_key \(certificate.key);
                ssl_protocols TLSv1.2 TLSv1.3;
                open_file_cache max=100000 inactive=10m;
                open_file_cache_valid 10m;
            }
        }

        """
    }
}
