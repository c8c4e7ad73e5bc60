import Foundation

/// Asks for one address over and over with h2load, by HTTP/2 over TLS.
struct H2Load: Load {
    let url: String
    let connections: Int
    let threads: Int
    /// How many requests a connection has under way.
    let streams: Int
    let headers: [String: String]
    /// The file for the times of single requests.
    let timesPath: String

    func run(seconds: Int) throws -> LoadOutcome {
        try? FileManager.default.removeItem(atPath: timesPath)
        var command = [
            try Tools.find("h2load"), "--threads", "\(threads)", "--clients", "\(connections)",
            "--max-concurrent-streams", "\(streams)", "--duration", "\(seconds)", "--log-file", timesPath,
        ]
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { command += ["--header", "\(name): \(value)"] }
        let output = try Tools.run(command + [url])
        let times = FileManager.default.contents(atPath: timesPath) ?? Data()
        guard var outcome = Self.parse(output) else {
            throw BenchFailure("h2load said something unexpected:\n\(output)")
        }
        let latencies = Self.milliseconds(String(decoding: times, as: UTF8.self))
        outcome.p50 = Statistics.percentile(latencies, 0.5)
        outcome.p99 = Statistics.percentile(latencies, 0.99)
        return outcome
    }

    /// Reads the summary that h2load prints.
    static func parse(_ output: String) -> LoadOutcome? {
        var outcome = LoadOutcome()
        for line in output.split(separator: "\n") {
            let numbers = line.split { !"0123456789.".contains($0) }.compactMap { Double($0) }
            if line.hasPrefix("finished in "), let seconds = numbers.first {
                let unit = line.dropFirst("finished in ".count).prefix { $0 != "," }.filter(\.isLetter)
                outcome.seconds = seconds * (unit == "ms" ? 1e-3 : unit == "us" ? 1e-6 : 1)
            } else if line.hasPrefix("requests: "), numbers.count == 7 {
                // total, started, done, succeeded, failed, errored, timeout
                outcome.requests = Int(numbers[3])
                let kinds = ["failed", "errored", "timed out"]
                outcome.faults += zip(kinds, numbers[4...6]).filter { $1 > 0 }.map { "\(Int($1)) \($0)" }
            } else if line.hasPrefix("status codes: "), let good = numbers.first {
                // Digits of the classes are read too: good 2 3xx 4xx 5xx.
                if Int(good) < outcome.requests { outcome.faults.append("answers other than 2xx") }
            } else if line.hasPrefix("traffic: ") {
                outcome.bytes =
                    line.split(separator: "(").dropFirst().first
                    .flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
            }
        }
        guard outcome.seconds > 0 else { return nil }
        if outcome.requests == 0 { outcome.faults.append("no answer") }
        return outcome
    }

    /// Reads the log of single requests: when it began, its status, and microseconds.
    static func milliseconds(_ log: String) -> [Double] {
        log.split(separator: "\n").compactMap { line in
            line.split(separator: "\t").dropFirst(2).first.flatMap { Double($0) }.map { $0 / 1000 }
        }
    }
}
