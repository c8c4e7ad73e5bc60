import Dispatch
import Glibc

/// Sends the requests of a queue over some connections that stay open, on the calling thread.
struct QueueLoad: Load {
    let port: Int
    let connections: Int
    let queue: RequestQueue
    /// How many requests a second are sent at most; nil for as many as the server answers.
    var rate: Double?
    /// Whether the round lasts until the queue is empty, however long it takes.
    var untilEmpty = false
    /// How many bytes the bodies of all responses have together, where that is known.
    var expectedBytes: Int?

    func run(seconds: Int) throws -> LoadOutcome {
        var lanes = try (0..<connections).map { _ in try Lane(port: port) }
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { scratch.deallocate() }
        let start = DispatchTime.now().uptimeNanoseconds
        let end = untilEmpty ? UInt64.max : start + UInt64(seconds) * 1_000_000_000
        var tally = Tally(start: start)
        while true {
            let now = DispatchTime.now().uptimeNanoseconds
            if now < end {
                for index in lanes.indices where lanes[index].isIdle && mayStart(tally.started, now - start) {
                    guard let request = queue.next() else { break }
                    tally.started += 1
                    lanes[index].begin(request, at: now)
                }
            }
            let busy = lanes.contains { !$0.isIdle }
            if !busy, now >= end || queue.remaining == 0 { break }
            if busy, now > tally.last + 30_000_000_000 {
                tally.faults.append("no answer for 30 seconds")
                break
            }
            wait(lanes, at: now, until: end)
            for index in lanes.indices where !lanes[index].isIdle {
                try tally.add(lanes[index].proceed(scratch), port: port, lane: &lanes[index])
            }
        }
        if let expectedBytes, expectedBytes != tally.bytes { tally.faults.append("\(tally.bytes) bytes in all") }
        return tally.outcome
    }

    private func mayStart(_ started: Int, _ elapsed: UInt64) -> Bool {
        guard let rate else { return true }
        return Double(started) < rate * Double(elapsed) / 1e9
    }

    private func wait(_ lanes: [Lane], at now: UInt64, until end: UInt64) {
        var polls = lanes.filter { !$0.isIdle }.map { lane in
            pollfd(fd: lane.stream.descriptor, events: Int16(lane.isWriting ? POLLOUT : POLLIN), revents: 0)
        }
        // A paced load looks at the clock again soon.
        poll(&polls, nfds_t(polls.count), rate == nil ? 100 : 1)
    }

    /// What a round has brought so far.
    private struct Tally {
        let start: UInt64
        var started = 0
        var last: UInt64
        var bytes = 0
        var latencies: [Double] = []
        var faults: [String] = []

        init(start: UInt64) {
            self.start = start
            last = start
        }

        mutating func add(_ step: Lane.Step, port: Int, lane: inout Lane) throws {
            switch step {
            case .waiting: return
            case .broken:
                faults.append("a broken connection")
                lane = try Lane(port: port)
            case .done(let status, let milliseconds, let length, let at, let closes):
                last = at
                bytes += length
                if (200..<300).contains(status) {
                    latencies.append(milliseconds)
                } else {
                    faults.append("status \(status)")
                }
                if closes { lane = try Lane(port: port) }
            }
        }

        var outcome: LoadOutcome {
            var counts: [String: Int] = [:]
            for fault in faults { counts[fault, default: 0] += 1 }
            return LoadOutcome(
                requests: latencies.count, seconds: Double(last - start) / 1e9, bytes: bytes,
                p50: Statistics.percentile(latencies, 0.5), p99: Statistics.percentile(latencies, 0.99),
                faults: counts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
                    + (latencies.isEmpty && faults.isEmpty ? ["no request was left"] : []))
        }
    }
}
