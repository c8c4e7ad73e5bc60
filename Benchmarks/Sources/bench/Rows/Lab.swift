import Foundation

/// The servers and the documents in them, each made when the first row needs it.
final class Lab {
    let settings: Settings
    private var madeCertificate: Certificate?
    private var madeHallmark: Hallmark?
    private var madeNginx: Nginx?
    private var madeDevpi: Devpi?
    private var madePypiServer: PypiServer?
    private var documents: [String: [ServedDocument]] = [:]
    /// The documents that are read over and over, and how many releases are in each.
    var hot: [PackageBatch.Kind: (document: ServedDocument, releases: Int)] = [:]
    private var queues: [String: PackageBatch] = [:]

    init(_ settings: Settings) {
        self.settings = settings
    }

    /// Every server that runs.
    var running: [ServerProcess] {
        [madeHallmark?.process, madeNginx?.process, madeDevpi?.process, madePypiServer?.process].compactMap { $0 }
    }

    func hallmark() throws -> Hallmark {
        if let madeHallmark { return madeHallmark }
        Progress.say("starting Hallmark")
        let made = try Hallmark(settings, certificate: certificate())
        madeHallmark = made
        return made
    }

    func nginx() throws -> Nginx {
        if let madeNginx { return madeNginx }
        Progress.say("starting nginx")
        let made = try Nginx(settings, certificate: certificate())
        madeNginx = made
        return made
    }

    func devpi() throws -> Devpi {
        if let madeDevpi { return madeDevpi }
        Progress.say("starting devpi-server")
        let made = try Devpi(settings)
        madeDevpi = made
        return made
    }

    func pypiServer() throws -> PypiServer {
        if let madePypiServer { return madePypiServer }
        Progress.say("starting pypiserver")
        let made = try PypiServer(settings)
        madePypiServer = made
        return made
    }

    /// The packages of a batch, made once.
    func batch(_ name: String, _ make: () throws -> PackageBatch) throws -> PackageBatch {
        if let batch = queues[name] { return batch }
        let batch = try make()
        queues[name] = batch
        return batch
    }

    /// Index documents, published, fetched and put into nginx once.
    func documents(_ name: String, _ make: () throws -> [ServedDocument]) throws -> [ServedDocument] {
        if let found = documents[name] { return found }
        let made = try make()
        documents[name] = made
        return made
    }

    /// A load of wrk.
    ///
    /// Responses have the document's length and a head.
    func wrk(port: Int, path: String, headers: [String: String], connections: Int, length: Int) -> WrkLoad {
        // Responses that the end of the round cuts off are counted with their bytes but not as requests.
        WrkLoad(
            url: "http://127.0.0.1:\(port)\(path)", connections: connections, threads: settings.loadThreads,
            headers: headers, scriptPath: settings.path("wrk.lua"), expectedBytes: length...(length * 5 / 4 + 2048))
    }

    private func certificate() throws -> Certificate {
        if let madeCertificate { return madeCertificate }
        let made = try Certificate(settings)
        madeCertificate = made
        return made
    }
}
