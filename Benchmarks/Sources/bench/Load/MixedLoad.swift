/// Reads with wrk while a share of all requests publishes.
final class MixedLoad: Load {
    private let reads: WrkLoad
    private let port: Int
    private let queue: RequestQueue
    private let share: Double
    /// What the round before read a second, which decides how much the next publishes.
    private var readRate: Double?

    init(reads: WrkLoad, port: Int, queue: RequestQueue, share: Double) {
        self.reads = reads
        self.port = port
        self.queue = queue
        self.share = share
    }

    func run(seconds: Int) throws -> LoadOutcome {
        let rate: Double
        if let readRate {
            rate = readRate
        } else {
            let outcome = try reads.run(seconds: 1)
            rate = Double(outcome.requests) / outcome.seconds
        }
        let wrk = try reads.start(seconds: seconds)
        let publishes = try QueueLoad(
            port: port, connections: 8, queue: queue, rate: rate * share / (1 - share)
        ).run(seconds: seconds)
        var outcome = try reads.finish(wrk)
        outcome.publishes = publishes.requests
        outcome.faults += publishes.faults.map { "publishes: \($0)" }
        readRate = Double(outcome.requests) / outcome.seconds
        return outcome
    }
}
