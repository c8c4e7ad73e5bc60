import Foundation

/// Hallmark with a fresh data directory, a user and a token.
final class Hallmark {
    let process: ServerProcess
    let port: Int
    let tlsPort: Int
    private let token: String

    /// Makes the data directory and starts it.
    init(_ settings: Settings, certificate: Certificate) throws {
        let data = settings.path("hallmark-data")
        (port, tlsPort) = (try Ports.free(), try Ports.free())
        let port = port
        process = ServerProcess(
            "Hallmark",
            command: [
                settings.hallmark, "serve", "--data", data, "--listen", "127.0.0.1:\(port)", "--listen-tls",
                "127.0.0.1:\(tlsPort)", "--public-url", "http://127.0.0.1:\(port)", "--tls-cert", certificate.chain,
                "--tls-key", certificate.key, "--event-loops", "\(settings.workers)",
            ],
            cpus: settings.serverCPUs, log: settings.path("hallmark.log"),
            isReady: { ServerProcess.answers(port, "/readyz") })
        try process.start()
        let admin = [settings.hallmark, "admin"]
        _ = try Tools.run(
            admin + ["user", "create", "bench", "--email", "bench@example.org", "--administrator", "--data", data])
        token = try Tools.run(admin + ["token", "create", "--user", "bench", "--data", data])
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The requests that publish packages.
    func requests(_ batch: PackageBatch) -> [HTTPRequest] {
        batch.bodies.enumerated().map { index, body in
            let count = batch.projects.count
            let (method, path) = Self.upload(
                batch.kind, batch.projects[index % count], version: "1.\(index / count).0")
            let headers = ["Content-Type": batch.contentType, "Authorization": Self.credential(batch.kind, token)]
            return HTTPRequest(method, path, port: port, headers: headers, body: body)
        }
    }

    /// How and where a version is published.
    static func upload(_ kind: PackageBatch.Kind, _ name: String, version: String) -> (method: String, path: String) {
        switch kind {
        case .wheel: ("POST", "/pypi/legacy/")
        case .crate: ("PUT", "/cargo/api/v1/crates/new")
        case .npm: ("PUT", "/npm/\(name)")
        case .composer: ("PUT", "/composer")
        case .swift: ("PUT", "/swift/bench/\(name)/\(version)")
        case .maven: ("POST", "/maven/api/v1/publisher/upload?name=bench&publishingType=AUTOMATIC")
        }
    }

    /// The credential as the client of an ecosystem sends it.
    private static func credential(_ kind: PackageBatch.Kind, _ token: String) -> String {
        switch kind {
        case .crate: token
        case .npm, .swift: "Bearer \(token)"
        case .wheel, .composer, .maven: "Basic " + Data("__token__:\(token)".utf8).base64EncodedString()
        }
    }

    /// Publishes packages and fails where one is refused.
    func publish(_ batch: PackageBatch, connections: Int = 8) throws {
        try publish(requests(batch), connections: connections)
    }

    /// Sends requests that publish and fails where one is refused.
    func publish(_ requests: [HTTPRequest], connections: Int = 8) throws {
        let load = QueueLoad(port: port, connections: connections, queue: RequestQueue(requests), untilEmpty: true)
        let outcome = try load.run(seconds: 0)
        guard outcome.faults.isEmpty, outcome.requests == requests.count else {
            throw BenchFailure("Hallmark does not take the packages: \(outcome.faults.joined(separator: ", "))")
        }
    }

    /// Where documents are, below Hallmark's address.
    static func path(_ kind: PackageBatch.Kind, _ name: String) -> String {
        switch kind {
        case .wheel: "/pypi/simple/\(name)/"
        case .crate: "/cargo/\(name.prefix(2))/\(name.dropFirst(2).prefix(2))/\(name)"
        case .npm: "/npm/\(name)"
        case .composer: "/composer/p2/bench/\(name).json"
        case .swift: "/swift/bench/\(name)"
        case .maven: "\(artifact(name))/maven-metadata.xml"
        }
    }

    /// Where the file of a version is.
    static func filePath(_ kind: PackageBatch.Kind, _ name: String, version: String, file: String = "") -> String {
        switch kind {
        case .maven: "\(artifact(name))/\(version)/\(name)-\(version).jar"
        default: "/pypi/files/\(name)/\(version)/\(file)"
        }
    }

    /// Where the POM of a version is.
    static func pomPath(_ name: String, version: String) -> String {
        "\(artifact(name))/\(version)/\(name)-\(version).pom"
    }

    private static func artifact(_ name: String) -> String { "/maven/releases/org/example/bench/\(name)" }

    /// What the client of an ecosystem asks for.
    static func headers(_ kind: PackageBatch.Kind) -> [String: String] {
        switch kind {
        case .wheel:
            [
                "Accept": "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, "
                    + "text/html; q=0.01"
            ]
        case .crate, .composer, .maven: ["Accept": "*/*"]
        case .npm: ["Accept": "application/json"]
        case .swift: ["Accept": "application/vnd.swift.registry.v1+json"]
        }
    }
}
