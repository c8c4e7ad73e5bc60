import Foundation

/// Gives every server of a row its rounds in turn.
struct Runner {
    let lab: Lab
    private var settings: Settings { lab.settings }

    init(_ lab: Lab) {
        self.lab = lab
    }

    /// Runs one row.
    func run(_ plan: RowPlan) throws -> RowResult {
        Progress.show("\(plan.title): preparing")
        let row = try plan.make(lab)
        for side in row.sides { side.server.resetPeak() }
        if row.warmsUp {
            for side in row.sides { _ = try side.load.run(seconds: 1) }
        }
        var samples: [[Sample]] = row.sides.map { _ in [] }
        for round in 1...settings.rounds {
            for (index, side) in row.sides.enumerated() {
                Progress.show("\(plan.title): round \(round) of \(settings.rounds), \(side.server.name)")
                samples[index].append(try measure(side, row.unit))
            }
        }
        if let folder = settings.profiles { try Profiler(folder: folder).profile(plan.id, row.sides[0], settings) }
        let sides = zip(row.sides, samples).map { side, samples in
            SideResult(server: side.server.name, samples: samples, peakBytes: side.server.peakBytes)
        }
        let comparisons = sides.dropFirst().map { Comparison(sides[0], $0, goal: row.goals[$0.server] ?? .none) }
        let result = RowResult(id: plan.id, title: plan.title, unit: row.unit, sides: sides, comparisons: comparisons)
        Progress.say("\(plan.title): \(result.summary)")
        return result
    }

    /// How fast Hallmark starts on the data that the rows left, and what it holds when nobody asks.
    func limits() throws -> [LimitResult] {
        let process = try lab.hallmark().process
        var starts: [Double] = []
        var memory: [Double] = []
        for round in 1...settings.rounds {
            Progress.show("start to ready: round \(round) of \(settings.rounds)")
            starts.append(try process.restart() * 1000)
            Thread.sleep(forTimeInterval: 1)
            memory.append(Double(process.residentBytes) / 1e6)
        }
        return [
            LimitResult(id: "start", title: "start to ready", unit: "ms", limit: 300, values: starts),
            LimitResult(id: "idle", title: "memory when idle", unit: "MB", limit: 80, values: memory),
        ]
    }

    private func measure(_ side: Row.Side, _ unit: Row.Unit) throws -> Sample {
        try side.before?()
        let used = side.server.processorSeconds
        let usedByLoad = LoadUsage.seconds
        var outcome: LoadOutcome
        do {
            outcome = try side.load.run(seconds: settings.seconds)
        } catch {
            outcome = LoadOutcome(faults: ["\(error)"])
        }
        let after = side.server.processorSeconds
        let afterByLoad = LoadUsage.seconds
        side.server.emptyLogs()
        if side.server.child?.isRunning != true {
            throw BenchFailure("\(side.server.name) ended:\n\(side.server.child?.lastWords ?? "")")
        }
        let amount = unit == .bytes ? outcome.bytes : outcome.requests
        return Sample(
            rate: outcome.seconds > 0 ? Double(amount) / outcome.seconds : 0, p50: outcome.p50, p99: outcome.p99,
            requests: outcome.requests, publishes: outcome.publishes, seconds: outcome.seconds,
            processorSeconds: after - used, loadSeconds: afterByLoad - usedByLoad, faults: outcome.faults)
    }
}
