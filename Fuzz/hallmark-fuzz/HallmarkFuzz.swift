import Foundation

/// The command `hallmark-fuzz`.
@main
struct HallmarkFuzz {
    static func main() async throws {
        guard let options = FuzzOptions(Array(CommandLine.arguments.dropFirst())) else { wrongUse(FuzzOptions.usage) }
        let all = try allTargets()
        if options.list {
            for target in all { say(target.name) }
            return
        }
        let unknown = options.targets.filter { name in !all.contains { $0.name == name } }
        guard unknown.isEmpty else { wrongUse("There is no target \(unknown.joined(separator: ", ")); see --list.") }
        let chosen = options.targets.isEmpty ? all : all.filter { options.targets.contains($0.name) }
        if let state = options.state, let target = chosen.first {
            let worker = Worker(target: target, options: options, firstRun: options.firstRun, statePath: state)
            exit(Int32(await worker.run()))
        }
        if let path = options.input {
            guard let target = chosen.first, let data = FileManager.default.contents(atPath: path) else {
                wrongUse("--input needs one --target and a file.")
            }
            let clock = ContinuousClock.now
            let verdict = try await target.run(Array(data))
            say("\(verdict) (\(ContinuousClock.now - clock))")
            return
        }
        let findings = try Supervisor(options: options, targets: chosen).run()
        exit(findings == 0 ? 0 : 1)
    }

    private static func wrongUse(_ text: String) -> Never {
        FileHandle.standardError.write(Data((text + "\n").utf8))
        exit(2)
    }
}

/// Writes a line at once, also into a pipe.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
