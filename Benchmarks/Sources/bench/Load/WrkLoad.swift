import Foundation

/// Asks for one address over and over with wrk.
struct WrkLoad: Load {
    let url: String
    let connections: Int
    let threads: Int
    let headers: [String: String]
    /// Where the script that reports lies; see ``script``.
    let scriptPath: String
    /// How many bytes a response has at least and at most, its head included; a round with others is not valid.
    let expectedBytes: ClosedRange<Int>

    /// Makes wrk print exact numbers.
    ///
    /// Without a `request` function wrk keeps sending the same bytes, as without a script.
    static let script = """
        done = function(summary, latency)
            local errors = summary.errors
            io.write(string.format("bench: %d %d %d %d %d %d %d %d %.1f %.1f\\n",
                summary.requests, summary.duration, summary.bytes, errors.connect, errors.read, errors.write,
                errors.status, errors.timeout, latency:percentile(50), latency:percentile(99)))
        end

        """

    func run(seconds: Int) throws -> LoadOutcome {
        try finish(start(seconds: seconds))
    }

    /// Starts one round beside something else.
    func start(seconds: Int) throws -> ChildProcess {
        var command = [
            try Tools.find("wrk"), "--threads", "\(threads)", "--connections", "\(connections)",
            "--duration", "\(seconds)s", "--timeout", "10s", "--script", scriptPath,
        ]
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { command += ["--header", "\(name): \(value)"] }
        let log = "\(scriptPath).out"
        try? FileManager.default.removeItem(atPath: log)
        return try ChildProcess(command + [url], log: log)
    }

    /// Waits for the end of the round that ``start(seconds:)`` began.
    func finish(_ child: ChildProcess) throws -> LoadOutcome {
        let status = child.wait()
        let output = child.lastWords
        guard status == 0, var outcome = Self.parse(output) else {
            throw BenchFailure("wrk ended with \(status):\n\(output)")
        }
        if outcome.requests > 0, !expectedBytes.contains(outcome.bytes / outcome.requests) {
            outcome.faults.append("\(outcome.bytes / outcome.requests) bytes a response")
        }
        return outcome
    }

    /// Reads the line of ``script``.
    static func parse(_ output: String) -> LoadOutcome? {
        let lines = output.split(separator: "\n")
        guard let line = lines.last(where: { $0.hasPrefix("bench: ") }) else { return nil }
        let fields = line.split(separator: " ").dropFirst().compactMap { Double($0) }
        guard fields.count == 10 else { return nil }
        let kinds = ["connect errors", "read errors", "write errors", "wrong statuses", "timeouts"]
        let faults = zip(kinds, fields[3...7]).filter { $1 > 0 }.map { "\(Int($1)) \($0)" }
        return LoadOutcome(
            requests: Int(fields[0]), seconds: fields[1] / 1e6, bytes: Int(fields[2]), p50: fields[8] / 1000,
            p99: fields[9] / 1000, faults: faults + (fields[0] == 0 ? ["no answer"] : []))
    }
}
