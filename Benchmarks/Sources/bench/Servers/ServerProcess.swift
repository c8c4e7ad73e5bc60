import Foundation
import Glibc

/// A server under measurement: how it is started, what it uses.
final class ServerProcess {
    let name: String
    private let command: [String]
    private let environment: [String: String]
    private let cpus: String?
    private let log: String
    private let otherLogs: [String]
    private let isReady: () -> Bool
    private(set) var child: ChildProcess?

    /// Describes a server.
    /// - Parameters:
    ///   - name: Its name in the table.
    ///   - command: What starts it, in the foreground.
    ///   - environment: Variables added for it.
    ///   - cpus: On which processors it runs.
    ///   - log: The file for its output.
    ///   - otherLogs: Further files that it appends to.
    ///   - isReady: Whether it serves.
    init(
        _ name: String, command: [String], environment: [String: String] = [:], cpus: String?, log: String,
        otherLogs: [String] = [], isReady: @escaping () -> Bool
    ) {
        self.name = name
        self.command = command
        self.environment = environment
        self.cpus = cpus
        self.log = log
        self.otherLogs = otherLogs
        self.isReady = isReady
    }

    /// Starts it and waits until it serves.
    /// - Returns: How many seconds that took.
    @discardableResult
    func start() throws -> Double {
        guard !isReady() else { throw BenchFailure("something else answers on the port of \(name)") }
        let begun = Date()
        let child = try ChildProcess(command, environment: environment, cpus: cpus, log: log)
        self.child = child
        while !isReady() {
            guard child.isRunning else { throw BenchFailure("\(name) ended at once:\n\(child.lastWords)") }
            guard Date().timeIntervalSince(begun) < 60 else {
                throw BenchFailure("\(name) does not serve after a minute:\n\(child.lastWords)")
            }
            usleep(2000)
        }
        return Date().timeIntervalSince(begun)
    }

    /// Ends it.
    func stop() {
        child?.stop()
        child = nil
    }

    /// Ends it and starts it again.
    @discardableResult
    func restart() throws -> Double {
        stop()
        return try start()
    }

    /// Empties its logs, which grow by every request.
    func emptyLogs() {
        for path in [log] + otherLogs { truncate(path, 0) }
    }

    /// Seconds of processor time since it was started.
    var processorSeconds: Double { child.map { ProcessTable.processorSeconds($0.pid) } ?? 0 }
    var peakBytes: Int { child.map { ProcessTable.peakBytes($0.pid) } ?? 0 }
    var residentBytes: Int { child.map { ProcessTable.residentBytes($0.pid) } ?? 0 }

    /// Lets ``peakBytes`` count from now.
    func resetPeak() {
        if let child { ProcessTable.resetPeaks(child.pid) }
    }

    /// Whether a path on a port is answered with 200.
    static func answers(_ port: Int, _ path: String) -> Bool {
        (try? HTTPClient(port: port).send("GET", path).status) == 200
    }
}
