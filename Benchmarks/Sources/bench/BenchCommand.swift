import ArgumentParser
import Foundation
import Glibc

/// Measures Hallmark beside nginx, pypiserver and devpi-server, all on this machine, in rounds that take turns.
@main
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures Hallmark beside nginx, pypiserver and devpi-server.",
        discussion: "docs/benchmarks.md says what each row is. `scripts/bootstrap bench` installs what it needs.")

    @Option(help: "The program to measure.") var hallmark = ".build/release/hallmark"
    @Option(help: "The Python that has pypiserver and devpi-server.") var python = ".venv-bench/bin/python"
    @Option(help: "The folder of packages.py.") var support = "Benchmarks/Support"
    @Option(help: "Where the run makes its own folder. (default: the temporary folder)") var work: String?
    @Option(help: "Rounds of each row. (default: 5, with --quick 3)") var rounds: Int?
    @Option(help: "Seconds of a round. (default: 2, with --quick 1)") var seconds: Int?
    @Flag(help: "Shorter rounds and fewer documents.") var quick = false
    @Option(help: ArgumentHelp("Only rows whose name holds this; more than once for more.", valueName: "pattern"))
    var only: [String] = []
    @Flag(help: "Print the names of the rows.") var list = false
    @Option(help: "Event loops of Hallmark and workers of nginx.") var eventLoops = 1
    @Option(help: "Connections, where the row does not say otherwise.") var connections = 32
    @Option(help: "Processors of the servers, as taskset takes them.") var serverCpus = "0"
    @Option(help: "Processors of the load generators.") var loadCpus = "1"
    @Option(help: "Threads of the load generators.") var loadThreads = 1
    @Flag(help: "Let everything run on any processor.") var noPin = false
    @Flag(help: "Leave the folder of the run.") var keep = false
    @Option(help: "The folder for a profile of Hallmark in each row, made with perf.") var profile: String?
    @Option(help: "The page whose table is rewritten, docs/benchmarks.md.") var markdown: String?
    @Option(help: "The file for all numbers.") var json: String?

    func validate() throws {
        for (name, value) in [
            ("rounds", rounds ?? 1), ("seconds", seconds ?? 1), ("event-loops", eventLoops),
            ("connections", connections), ("load-threads", loadThreads),
        ] where !(1...10_000).contains(value) {
            throw ValidationError("--\(name) is a number from 1")
        }
    }

    func run() throws {
        let plans = RowPlans.all.filter { isWanted($0.id) }
        if list {
            for plan in RowPlans.all { print("\(plan.id)\t\(plan.title)") }
            print("limits\tstart to ready, and memory when idle")
            return
        }
        guard !plans.isEmpty || isWanted("limits") else {
            throw ValidationError("no row is named so; --list prints the names")
        }
        let signals = ChildRegistry.shared.handleSignals()
        do {
            try withExtendedLifetime(signals) { try measure(plans) }
        } catch let failure as BenchFailure {
            ChildRegistry.shared.end()
            FileHandle.standardError.write(Data("\nbench: \(failure)\n".utf8))
            throw ExitCode(1)
        } catch {
            ChildRegistry.shared.end()
            throw error
        }
    }

    private func isWanted(_ id: String) -> Bool {
        only.isEmpty || only.contains { id.contains($0) }
    }

    private func measure(_ plans: [RowPlan]) throws {
        let settings = try prepare()
        if let markdown { try Report.check(page: markdown) }
        let machine = try MachineDescription.lines(settings)
        let lab = Lab(settings)
        let runner = Runner(lab)
        var rows: [RowResult] = []
        var failures: [String] = []
        for plan in plans {
            do {
                rows.append(try runner.run(plan))
            } catch let failure as BenchFailure {
                // The other rows are worth having.
                Progress.say("\(plan.title): \(failure)")
                let reason = failure.description.split(separator: "\n").first ?? ""
                failures.append("\(plan.title) was not measured: \(reason)")
                for server in lab.running where server.child?.isRunning != true { try server.restart() }
            }
        }
        let limits = isWanted("limits") ? try runner.limits() : []
        ChildRegistry.shared.end()
        let result = RunResult(machine: machine, rows: rows, limits: limits, failures: failures)
        let report = Report(result: result, workers: settings.workers)
        Progress.show("")
        print("\n\(report.text)")
        if let json { try report.json().write(to: URL(fileURLWithPath: json)) }
        if let markdown { try report.write(into: markdown) }
        if !failures.isEmpty { throw ExitCode(1) }
    }

    private func prepare() throws -> Settings {
        let tools = ["wrk", "h2load", "nginx", "openssl", "setpriv", "taskset"] + (profile == nil ? [] : ["perf"])
        for tool in tools { _ = try Tools.find(tool) }
        for (path, help) in [
            (hallmark, "`make build` builds it, or name another with --hallmark"),
            (python, "`scripts/bootstrap bench` makes it"),
        ] where !FileManager.default.isExecutableFile(atPath: path) {
            throw BenchFailure("there is no \(path); \(help)")
        }
        guard FileManager.default.fileExists(atPath: "\(support)/packages.py") else {
            throw BenchFailure("there is no \(support)/packages.py; start this in the repository's folder")
        }
        var settings = Settings(
            hallmark: Self.absolute(hallmark), python: Self.absolute(python), support: Self.absolute(support),
            work: try makeFolder())
        settings.rounds = rounds ?? (quick ? 3 : 5)
        settings.seconds = seconds ?? (quick ? 1 : 2)
        settings.workers = eventLoops
        settings.connections = connections
        settings.loadThreads = loadThreads
        if quick { (settings.coldDocuments, settings.coldPackuments, settings.sharedProjects) = (200, 20, 50) }
        settings.profiles = profile.map(Self.absolute)
        if !noPin, Affinity.available > 1 {
            settings.serverCPUs = serverCpus
            settings.loadCPUs = loadCpus
            try Affinity.pin(to: loadCpus)
        }
        try Self.raiseFileLimit()
        try WrkLoad.script.write(toFile: settings.path("wrk.lua"), atomically: true, encoding: .utf8)
        return settings
    }

    private func makeFolder() throws -> String {
        let parent = work.map(Self.absolute) ?? FileManager.default.temporaryDirectory.path
        let folder = "\(parent)/hallmark-bench-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        ChildRegistry.shared.removeAtEnd(keep ? nil : folder)
        if keep { Progress.say("everything stays in \(folder)") }
        return folder
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    }

    /// A thousand connections need more files than a shell allows by default, on both ends.
    private static func raiseFileLimit() throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard limit.rlim_cur >= 4096 else {
            throw BenchFailure("this shell allows only \(limit.rlim_cur) open files; allow 4096: ulimit -n 4096")
        }
    }
}
