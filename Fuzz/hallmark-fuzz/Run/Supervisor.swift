import Foundation

/// The parent process: starts a worker for each target, saves what kills one, and goes on.
struct Supervisor {
    /// A target that dies more often than this is left for the next session.
    private static let maximumFindings = 25

    let options: FuzzOptions
    let targets: [FuzzTarget]

    /// Runs all targets one after the other.
    /// - Returns: How many findings there were.
    func run() throws -> Int {
        var findings = 0
        let share = options.seconds / Double(max(1, targets.count))
        let started = ContinuousClock.now
        for (index, target) in targets.enumerated() {
            // What a target leaves of its share, the others get.
            let left = options.seconds - Self.seconds(ContinuousClock.now - started)
            let seconds = max(min(share, 0.2), left / Double(targets.count - index))
            findings += try run(target, seconds: seconds)
        }
        return findings
    }

    private func run(_ target: FuzzTarget, seconds: Double) throws -> Int {
        let state = FileManager.default.temporaryDirectory.path + "/hallmark-fuzz-\(getpid())-\(target.name)"
        defer { try? FileManager.default.removeItem(atPath: state) }
        var findings = 0
        var next = 0
        let started = ContinuousClock.now
        while findings < Self.maximumFindings {
            let left = seconds - Self.seconds(ContinuousClock.now - started)
            guard left > 0 || next == 0 else { break }
            let end = try child(target, seconds: left, firstRun: next, state: state)
            guard let reason = end.reason else {
                say("\(target.name): \(end.output)")
                return findings
            }
            findings += 1
            guard let current = CurrentInput.read(state) else {
                say("\(target.name): \(reason), and the input is lost")
                break
            }
            let path = try save(current.input, of: target, reason: reason, log: end.log)
            say("\(target.name): \(reason) at run \(current.run) of seed \(options.seed): \(path)")
            next = max(current.run + 1, 1)
        }
        return findings
    }

    private struct End {
        /// Nil where the worker ended as it should.
        let reason: String?
        let output: String
        let log: String
    }

    private func child(_ target: FuzzTarget, seconds: Double, firstRun: Int, state: String) throws -> End {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments =
            [
                "--target", target.name, "--seed", String(options.seed), "--state", state, "--first-run",
                String(firstRun),
            ] + (options.corpus.map { ["--corpus", $0] } ?? [])
            + (options.runs < .max ? ["--runs", String(options.runs)] : ["--seconds", String(seconds)])
        let scratch = URL(filePath: state + ".tmp")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let output = Pipe()
        let log = URL(filePath: state + ".log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        process.standardOutput = output
        // What a worker leaves in the temporary folder goes with the state.
        process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": scratch.path]) { $1 }
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let errors = (FileManager.default.contents(atPath: log.path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        try? FileManager.default.removeItem(at: log)
        let reason: String? =
            switch (process.terminationReason, Int(process.terminationStatus)) {
            case (.uncaughtSignal, let signal): "crash by signal \(signal)"
            case (_, 0): nil
            case (_, Worker.hangStatus): "hang"
            case (_, Worker.failureStatus): "broken property"
            case (_, let status): "exit status \(status)"
            }
        return End(reason: reason, output: Self.words(text), log: errors)
    }

    private static func words(_ output: String) -> String {
        let parts = output.split(whereSeparator: \.isWhitespace)
        return parts.count == 3 ? "\(parts[1]) runs, \(parts[2]) verdicts" : "no report"
    }

    private func save(_ input: [UInt8], of target: FuzzTarget, reason: String, log: String) throws -> String {
        let folder = "\(options.findings)/\(target.name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let digest = input.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let path = "\(folder)/\(String(digest, radix: 16))"
        try Data(input).write(to: URL(filePath: path))
        try Data("\(reason)\n\(log.prefix(20_000))".utf8).write(to: URL(filePath: path + ".txt"))
        return path
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
