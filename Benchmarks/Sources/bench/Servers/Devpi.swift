import Foundation

/// devpi-server with one user and one index that has no base.
final class Devpi {
    let process: ServerProcess
    let port: Int
    private let authorization: String

    /// The index, below its address.
    static let index = "/bench/dev"

    /// Makes its folder, starts it, and makes the user and the index.
    init(_ settings: Settings) throws {
        let folder = settings.path("devpi")
        port = try Ports.free()
        _ = try Tools.run([
            try settings.pythonProgram("devpi-init"), "--serverdir", folder, "--no-root-pypi",
        ])
        let port = port
        process = ServerProcess(
            "devpi-server",
            command: [
                try settings.pythonProgram("devpi-server"), "--serverdir", folder, "--host", "127.0.0.1", "--port",
                "\(port)",
            ],
            cpus: settings.serverCPUs, log: settings.path("devpi.log"),
            isReady: { ServerProcess.answers(port, "/+api") })
        try process.start()
        authorization = try Self.makeIndex(HTTPClient(port: port))
    }

    /// The requests that upload wheels.
    func requests(_ batch: PackageBatch) -> [HTTPRequest] {
        let headers = ["Content-Type": batch.contentType, "Authorization": authorization]
        return batch.bodies.map { HTTPRequest("POST", "\(Self.index)/", port: port, headers: headers, body: $0) }
    }

    /// Uploads wheels and fails where one is refused.
    func publish(_ requests: [HTTPRequest]) throws {
        let load = QueueLoad(port: port, connections: 1, queue: RequestQueue(requests), untilEmpty: true)
        let outcome = try load.run(seconds: 0)
        guard outcome.faults.isEmpty else {
            throw BenchFailure("devpi-server does not take the wheels: \(outcome.faults.joined(separator: ", "))")
        }
    }

    private static func makeIndex(_ client: HTTPClient) throws -> String {
        func send(_ method: String, _ path: String, _ body: [String: Any], _ credential: String? = nil) throws
            -> [UInt8]
        {
            var headers = ["Content-Type": "application/json", "Accept": "application/json"]
            headers["X-Devpi-Auth"] = credential
            let bytes = Array(try JSONSerialization.data(withJSONObject: body))
            let response = try client.send(method, path, headers: headers, body: bytes)
            guard (200..<300).contains(response.status) else {
                throw BenchFailure("devpi-server answers \(method) \(path) with \(response.status)")
            }
            return response.body
        }
        _ = try send("PUT", "/bench", ["password": "benchmark"])
        let login = try send("POST", "/+login", ["user": "bench", "password": "benchmark"])
        let answer = try JSONSerialization.jsonObject(with: Data(login)) as? [String: Any]
        guard let password = (answer?["result"] as? [String: Any])?["password"] as? String else {
            throw BenchFailure("devpi-server does not give a login")
        }
        let credential = Data("bench:\(password)".utf8).base64EncodedString()
        _ = try send("PUT", index, ["type": "stage", "bases": [String](), "volatile": false], credential)
        return "Basic \(credential)"
    }
}
