/// One round of one server.
struct Sample: Codable {
    /// Requests, bytes or publishes a second.
    let rate: Double
    let p50: Double
    let p99: Double
    let requests: Int
    /// Publishes beside the reads, where the row has both.
    let publishes: Int
    /// Seconds that the round took.
    let seconds: Double
    /// Processor seconds in this round: of the server, and of what made the load.
    let processorSeconds: Double
    let loadSeconds: Double
    /// Why the round does not count.
    let faults: [String]

    var isValid: Bool { faults.isEmpty }
}

/// All rounds of one server in one row.
struct SideResult: Codable {
    let server: String
    let samples: [Sample]
    /// The largest memory during the row, all its processes together.
    let peakBytes: Int

    private var valid: [Sample] { samples.filter(\.isValid) }
    var rate: Double { Statistics.median(valid.map(\.rate)) }
    var p50: Double { Statistics.median(valid.map(\.p50)) }
    var p99: Double { Statistics.median(valid.map(\.p99)) }
    var processorSeconds: Double { samples.reduce(0) { $0 + $1.processorSeconds } }
    /// What was done for a processor second of the server.
    var yield: Double {
        Statistics.median(valid.filter { $0.processorSeconds > 0 }.map { $0.rate * $0.seconds / $0.processorSeconds })
    }
    /// Which share of the time the server and the load generator were at work, in processors.
    var serverBusy: Double { Statistics.median(valid.map { $0.seconds > 0 ? $0.processorSeconds / $0.seconds : 0 }) }
    var loadBusy: Double { Statistics.median(valid.map { $0.seconds > 0 ? $0.loadSeconds / $0.seconds : 0 }) }
    /// Of all requests, how many in a hundred published.
    var publishShare: Double {
        let publishes = valid.reduce(0) { $0 + $1.publishes }
        return publishes == 0 ? 0 : 100 * Double(publishes) / Double(publishes + valid.reduce(0) { $0 + $1.requests })
    }
}

/// Hallmark beside one other server.
struct Comparison: Codable {
    let other: String
    let goal: Goal
    /// Of each round that counts on both sides.
    let ratios: [Double]
    let ratio: Double
    let least: Double
    let most: Double
    /// How many times the other's p99.
    let slowness: Double
    /// How many times the other's work for a processor second.
    let yield: Double
    let verdict: String

    /// Compares by rounds, because what disturbs a machine disturbs neighbours in time alike.
    init(_ ours: SideResult, _ theirs: SideResult, goal: Goal) {
        let pairs = zip(ours.samples, theirs.samples).filter { $0.isValid && $1.isValid && $1.rate > 0 }
        other = theirs.server
        self.goal = goal
        ratios = pairs.map { $0.rate / $1.rate }
        ratio = Statistics.median(ratios)
        least = ratios.min() ?? 0
        most = ratios.max() ?? 0
        slowness = Statistics.median(pairs.filter { $1.p99 > 0 }.map { $0.p99 / $1.p99 })
        yield = theirs.yield > 0 ? ours.yield / theirs.yield : 0
        let enough = ratios.count * 2 > ours.samples.count
        verdict = enough ? goal.verdict(ratio: ratio, slowness: slowness) : "invalid"
    }
}

/// One row with all that was measured.
struct RowResult: Codable {
    let id: String
    let title: String
    let unit: Row.Unit
    /// Hallmark first.
    let sides: [SideResult]
    let comparisons: [Comparison]
}

/// Something of Hallmark alone that must not be exceeded.
struct LimitResult: Codable {
    let id: String
    let title: String
    let unit: String
    let limit: Double
    let values: [Double]

    var median: Double { Statistics.median(values) }
    var verdict: String { median <= limit ? "met" : "not met" }
}

/// Everything of one run.
struct RunResult: Codable {
    let machine: [MachineDescription.Line]
    let rows: [RowResult]
    let limits: [LimitResult]
    /// Rows that could not be measured, and why.
    let failures: [String]
}
