import Foundation
import Glibc

/// Samples where a server spends its time while it is under load, with perf.
struct Profiler {
    /// The folder for what perf found, a text for each row.
    let folder: String

    /// Profiles one more round, which is not counted.
    ///
    /// The clock is sampled, as virtual machines often hide the processor's counters.
    func profile(_ id: String, _ side: Row.Side, _ settings: Settings) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try side.before?()
        guard let server = side.server.child else { return }
        let data = "\(folder)/\(id).data"
        let perf = try Tools.find("perf")
        let record = try ChildProcess(
            [
                perf, "record", "--quiet", "--event", "cpu-clock", "--freq", "997", "--call-graph", "fp", "--pid",
                "\(server.pid)", "--output", data, "--", "sleep", "\(settings.seconds)",
            ],
            log: "\(folder)/\(id).log")
        _ = try side.load.run(seconds: settings.seconds)
        record.wait()
        let text = try Tools.run([
            "/bin/sh", "-c",
            """
            "$0" report --stdio --no-children --call-graph none --percent-limit 0.3 --input "$1" 2>/dev/null |
                { if command -v swift >/dev/null; then swift demangle --simplified; else cat; fi; }
            """, perf, data,
        ])
        try text.write(toFile: "\(folder)/\(id).txt", atomically: true, encoding: .utf8)
        side.server.emptyLogs()
    }
}
