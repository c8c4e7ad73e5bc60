/// Rows of downloads, HTTP/2, publishes, and both at once.
struct LoadRows {
    private let lab: Lab
    private let hallmark: Hallmark

    init(_ lab: Lab) throws {
        self.lab = lab
        hallmark = try lab.hallmark()
    }

    /// A file over and over.
    func download(_ kind: PackageBatch.Kind, _ name: String, bytes: Int, connections: Int) throws -> Row {
        let file = try lab.download(kind, name, bytes: bytes)
        let nginx = try lab.nginx()
        let ours = try HTTPClient(port: hallmark.port).get(file.path).body
        let theirs = try HTTPClient(port: nginx.port).get(file.nginxPath).body
        guard ours == theirs, ours.count == file.length else {
            throw BenchFailure("\(file.path) is not the same in nginx: \(ours.count) and \(theirs.count) bytes")
        }
        func side(_ process: ServerProcess, _ port: Int, _ path: String) -> Row.Side {
            // wrk copies each byte: of small files that is little, of large ones it is most of the work.
            let load: any Load =
                file.length >= 1 << 20
                ? DownloadLoad(port: port, path: path, connections: connections, length: file.length)
                : lab.wrk(port: port, path: path, headers: [:], connections: connections, length: file.length)
            return Row.Side(server: process, load: load)
        }
        return Row(
            unit: .bytes,
            sides: [
                side(hallmark.process, hallmark.port, file.path), side(nginx.process, nginx.port, file.nginxPath),
            ],
            goals: ["nginx": .download])
    }

    /// A document over and over by HTTP/2.
    func http2(_ kind: PackageBatch.Kind) throws -> Row {
        let document = try lab.hotDocument(kind)
        let nginx = try lab.nginx()
        func side(_ process: ServerProcess, _ port: Int, _ path: String) -> Row.Side {
            Row.Side(
                server: process,
                load: H2Load(
                    url: "https://127.0.0.1:\(port)\(path)", connections: lab.settings.connections,
                    threads: lab.settings.loadThreads, streams: 10, headers: document.headers,
                    timesPath: lab.settings.path("h2load.times")))
        }
        return Row(
            unit: .requests,
            sides: [
                side(hallmark.process, hallmark.tlsPort, document.path),
                side(nginx.process, nginx.tlsPort, document.nginxPath),
            ],
            goals: ["nginx": .index])
    }

    /// Reads of the hot page while wheels are published; nginx only reads.
    func mixed() throws -> Row {
        let document = try lab.hotDocument(.wheel)
        let nginx = try lab.nginx()
        func reads(_ port: Int, _ path: String) -> WrkLoad {
            lab.wrk(
                port: port, path: path, headers: document.headers, connections: lab.settings.connections,
                length: document.length)
        }
        let wheels = try pool("bench-mixed", perSecond: 400)
        let mixed = MixedLoad(
            reads: reads(hallmark.port, document.path), port: hallmark.port,
            queue: RequestQueue(hallmark.requests(wheels)),
            share: 0.01)
        return Row(
            unit: .requests,
            sides: [
                Row.Side(server: hallmark.process, load: mixed),
                Row.Side(server: nginx.process, load: reads(nginx.port, document.nginxPath)),
            ],
            goals: ["nginx": .mixed])
    }

    /// New wheels, each sent once, to Hallmark and to devpi-server.
    func publish(connections: Int) throws -> Row {
        let wheels = try pool("bench-publish-\(connections)", perSecond: connections == 1 ? 600 : 1500)
        let devpi = try lab.devpi()
        func side(_ process: ServerProcess, _ port: Int, _ requests: [HTTPRequest]) -> Row.Side {
            let queue = RequestQueue(requests)
            return Row.Side(server: process, load: QueueLoad(port: port, connections: connections, queue: queue))
        }
        return Row(
            unit: .publishes,
            sides: [
                side(hallmark.process, hallmark.port, hallmark.requests(wheels)),
                side(devpi.process, devpi.port, devpi.requests(wheels)),
            ],
            goals: ["devpi-server": .publish])
    }

    /// Enough wheels for all rounds, ten to a project.
    private func pool(_ name: String, perSecond: Int) throws -> PackageBatch {
        let seconds = (lab.settings.rounds + 1) * lab.settings.seconds
        Progress.say("making \(perSecond * seconds / 10 * 10) wheels")
        return try PackageBatch(lab.settings, .wheel, name, projects: perSecond * seconds / 10, releases: 10)
    }
}
