import Foundation

/// Rows that read index documents.
struct IndexRows {
    private let lab: Lab
    private let hallmark: Hallmark
    private let nginx: Nginx

    init(_ lab: Lab) throws {
        self.lab = lab
        hallmark = try lab.hallmark()
        nginx = try lab.nginx()
    }

    /// The same document over and over.
    func hot(_ document: ServedDocument, connections: Int) throws -> Row {
        try sameAnswers(document, document.headers, length: document.length)
        let sides = [
            side(hallmark.process, hallmark.port, document.path, document.headers, connections, document.length),
            side(nginx.process, nginx.port, document.nginxPath, document.headers, connections, document.length),
        ]
        return Row(unit: .requests, sides: sides, goals: ["nginx": .index])
    }

    /// The hot page beside servers written in Python, which hold some hundred projects too.
    func besidePython() throws -> Row {
        let document = try lab.hotDocument(.wheel)
        let pypi = try lab.pypiServer()
        let devpi = try lab.devpi()
        let wheels = try lab.hotWheels()
        let held = wheels.files.prefix(try lab.hotReleases(.wheel))
        try holdWheels(pypi, devpi)
        let project = wheels.projects[0]
        let pages = [
            (pypi.process, pypi.port, "/simple/\(project)/"),
            (devpi.process, devpi.port, "\(Devpi.index)/+simple/\(project)/"),
        ]
        let others = try pages.map { process, port, path in
            let body = try HTTPClient(port: port).get(path, headers: document.headers).body
            let page = String(decoding: body, as: UTF8.self)
            guard held.allSatisfy({ page.contains($0) }) else {
                throw BenchFailure("\(process.name) does not list all wheels at \(path)")
            }
            return side(process, port, path, document.headers, lab.settings.connections, body.count)
        }
        let ours = side(
            hallmark.process, hallmark.port, document.path, document.headers, lab.settings.connections, document.length)
        return Row(unit: .requests, sides: [ours] + others, goals: ["pypiserver": .python, "devpi-server": .python])
    }

    /// Gives both the wheels of the hot project and of some of the cold ones.
    private func holdWheels(_ pypi: PypiServer, _ devpi: Devpi) throws {
        let hot = try lab.hotWheels()
        let cold = try lab.coldWheels()
        let releases = try lab.hotReleases(.wheel)
        // The first release of every project comes first, then the second of every project.
        let shared = cold.bodies.indices.filter { $0 % cold.projects.count < lab.settings.sharedProjects }
        Progress.say("giving \(releases + shared.count) wheels to pypiserver and devpi-server")
        try pypi.take(Array(hot.files.prefix(releases)), from: hot.folder)
        try pypi.take(shared.map { cold.files[$0] }, from: cold.folder)
        try devpi.publish(Array(devpi.requests(hot).prefix(releases)))
        let requests = devpi.requests(cold)
        try devpi.publish(shared.map { requests[$0] })
    }

    /// The client has the document already.
    func conditional(_ kind: PackageBatch.Kind) throws -> Row {
        let document = try lab.hotDocument(kind)
        let asked = [(hallmark.process, hallmark.port, document.path), (nginx.process, nginx.port, document.nginxPath)]
        let sides = try asked.map { process, port, path in
            let client = HTTPClient(port: port)
            var headers = document.headers
            guard let tag = try client.get(path, headers: headers).headers["etag"] else {
                throw BenchFailure("\(process.name) sends no ETag for \(path)")
            }
            headers["If-None-Match"] = tag
            let status = try client.send("GET", path, headers: headers).status
            guard status == 304 else {
                throw BenchFailure("\(process.name) answers If-None-Match for \(path) with \(status)")
            }
            return side(process, port, path, headers, lab.settings.connections, 0)
        }
        return Row(unit: .requests, sides: sides, goals: ["nginx": .index])
    }

    /// The same document, compressed before.
    func compressed(_ kind: PackageBatch.Kind) throws -> Row {
        let document = try lab.hotDocument(kind)
        guard let length = document.compressedLength else {
            throw BenchFailure("Hallmark does not compress \(document.path)")
        }
        let headers = document.headers.merging(["Accept-Encoding": "gzip"]) { $1 }
        try sameAnswers(document, headers, length: length)
        let connections = lab.settings.connections
        let sides = [
            side(hallmark.process, hallmark.port, document.path, headers, connections, length),
            side(nginx.process, nginx.port, document.nginxPath, headers, connections, length),
        ]
        return Row(unit: .requests, sides: sides, goals: ["nginx": .index])
    }

    /// Each document once after a start: rendered for the first time by Hallmark, opened for the first time by nginx.
    func cold(_ kind: PackageBatch.Kind) throws -> Row {
        let documents = try lab.coldDocuments(kind)
        let warm = try lab.hotDocument(kind == .wheel ? .crate : .wheel)
        let asked: [(ServerProcess, Int, (ServedDocument) -> String)] = [
            (hallmark.process, hallmark.port, { $0.path }), (nginx.process, nginx.coldPort, { $0.nginxPath }),
        ]
        let sides = asked.map { process, port, path in
            func request(_ document: ServedDocument) -> HTTPRequest {
                HTTPRequest("GET", path(document), port: port, headers: document.headers)
            }
            let queue = RequestQueue(documents.map(request))
            let load = QueueLoad(
                port: port, connections: lab.settings.connections, queue: queue, untilEmpty: true,
                expectedBytes: documents.reduce(0) { $0 + $1.length })
            let warmUp = (0..<500).map { _ in request(warm) }
            return Row.Side(server: process, load: load) {
                queue.rewind()
                try process.restart()
                // The process is warm, its documents are not.
                let load = QueueLoad(port: port, connections: 8, queue: RequestQueue(warmUp), untilEmpty: true)
                _ = try load.run(seconds: 0)
            }
        }
        return Row(unit: .requests, sides: sides, goals: ["nginx": .none], warmsUp: false)
    }

    private func side(
        _ process: ServerProcess, _ port: Int, _ path: String, _ headers: [String: String], _ connections: Int,
        _ length: Int
    ) -> Row.Side {
        Row.Side(
            server: process,
            load: lab.wrk(port: port, path: path, headers: headers, connections: connections, length: length))
    }

    /// The same document over and over, on connections that are open before the round begins.
    func crowd(_ kind: PackageBatch.Kind, connections: Int) throws -> Row {
        let document = try lab.hotDocument(kind)
        try sameAnswers(document, document.headers, length: document.length)
        let asked = [(hallmark.process, hallmark.port, document.path), (nginx.process, nginx.port, document.nginxPath)]
        let sides = asked.map { process, port, path in
            Row.Side(
                server: process,
                load: SteadyLoad(
                    port: port, request: HTTPRequest("GET", path, port: port, headers: document.headers),
                    connections: connections, expectedBytes: document.length...(document.length + 2048)))
        }
        return Row(unit: .requests, sides: sides, goals: ["nginx": .index])
    }

    private func sameAnswers(_ document: ServedDocument, _ headers: [String: String], length: Int) throws {
        let ours = try HTTPClient(port: hallmark.port).get(document.path, headers: headers).body
        let theirs = try HTTPClient(port: nginx.port).get(document.nginxPath, headers: headers).body
        guard ours == theirs, ours.count == length else {
            throw BenchFailure("\(document.path) is not the same in nginx: \(ours.count) and \(theirs.count) bytes")
        }
    }
}
