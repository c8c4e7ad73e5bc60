import Dispatch
import Glibc

/// Asks for one address over and over on connections that are all open, and have been answered once, before the clock starts.
///
/// With many connections and short rounds the others measure how fast connections are made as well. One thread waits with
/// poll, whose cost many answers share; responses have to be of one size, as those to one request are, and each must have the status of success.
struct SteadyLoad: Load {
    let port: Int
    let request: HTTPRequest
    let connections: Int
    /// The least and the most that a response may have, its head included.
    let expectedBytes: ClosedRange<Int>
    private static let patience: UInt64 = 10_000_000_000

    private struct Lane {
        let stream: SocketStream
        var begun: UInt64 = 0
        var received = 0
    }

    func run(seconds: Int) throws -> LoadOutcome {
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { scratch.deallocate() }
        var lanes = try (0..<connections).map { _ in
            let stream = try SocketStream(port: port)
            stream.makeNonBlocking()
            return Lane(stream: stream)
        }
        var round = Round(request: request, expectedBytes: expectedBytes, scratch: scratch)
        // Once each, without being counted.
        try round.run(&lanes, until: nil)
        let size = round.size
        round = Round(request: request, expectedBytes: expectedBytes, scratch: scratch)
        round.size = size
        let start = DispatchTime.now().uptimeNanoseconds
        try round.run(&lanes, until: start + UInt64(seconds) * 1_000_000_000)
        return round.outcome(seconds: Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9)
    }

    private struct Round {
        let request: HTTPRequest
        let expectedBytes: ClosedRange<Int>
        let scratch: UnsafeMutableRawBufferPointer
        /// How many bytes each response has.
        var size: Int?
        private var requests = 0
        private var bytes = 0
        private var latencies: [Double] = []
        private var faults: [String] = []

        init(request: HTTPRequest, expectedBytes: ClosedRange<Int>, scratch: UnsafeMutableRawBufferPointer) {
            self.request = request
            self.expectedBytes = expectedBytes
            self.scratch = scratch
            latencies.reserveCapacity(1 << 18)
        }

        /// Asks on every connection; again after each answer, or only once where there is no end.
        mutating func run(_ lanes: inout [Lane], until end: UInt64?) throws {
            var now = DispatchTime.now().uptimeNanoseconds
            for index in lanes.indices { begin(&lanes[index], at: now) }
            var polls = lanes.map { pollfd(fd: $0.stream.descriptor, events: Int16(POLLIN), revents: 0) }
            var last = now
            while faults.isEmpty, end.map({ now < $0 }) ?? (requests < lanes.count) {
                var ready = Int(poll(&polls, nfds_t(polls.count), 100))
                now = DispatchTime.now().uptimeNanoseconds
                for index in polls.indices where polls[index].revents != 0 {
                    if take(&lanes[index], at: now), end != nil { begin(&lanes[index], at: now) }
                    last = now
                    ready -= 1
                    if ready <= 0 { break }
                }
                if now - last > SteadyLoad.patience { faults.append("no answer for 10 seconds") }
            }
        }

        private func begin(_ lane: inout Lane, at now: UInt64) {
            lane.begun = now
            lane.received = 0
            _ = lane.stream.write(request.bytes, from: 0)
        }

        /// Takes what has arrived; true when the response is complete.
        private mutating func take(_ lane: inout Lane, at now: UInt64) -> Bool {
            guard let count = lane.stream.read(into: scratch) else { return false }
            guard count > 0 else {
                faults.append("a broken connection")
                return false
            }
            if lane.received == 0, !isGood(count) { return false }
            lane.received += count
            bytes += count
            guard let size, lane.received >= size else { return false }
            guard lane.received == size else {
                faults.append("\(lane.received) bytes instead of \(size)")
                return false
            }
            requests += 1
            latencies.append(Double(now - lane.begun) / 1e6)
            return true
        }

        /// Looks at the beginning of a response; the first one says how long all are.
        private mutating func isGood(_ count: Int) -> Bool {
            let start = UnsafeRawBufferPointer(rebasing: scratch.prefix(count))
            guard start.count > 12, start.prefix(10).elementsEqual("HTTP/1.1 2".utf8) else {
                faults.append("another answer: \(String(decoding: start.prefix(40), as: UTF8.self))")
                return false
            }
            guard size == nil else { return true }
            let text = String(decoding: start.prefix(4096), as: UTF8.self)
            guard let head = text.utf8.firstRange(of: "\r\n\r\n".utf8),
                let field = text.lowercased().firstRange(of: "\r\ncontent-length: "),
                let length = Int(text.lowercased()[field.upperBound...].prefix { $0.isASCII && $0.isNumber })
            else {
                faults.append("an answer without length")
                return false
            }
            let whole = text.utf8.distance(from: text.startIndex, to: head.upperBound) + length
            guard expectedBytes.contains(whole) else {
                faults.append("\(whole) bytes a response")
                return false
            }
            size = whole
            return true
        }

        func outcome(seconds: Double) -> LoadOutcome {
            LoadOutcome(
                requests: requests, seconds: seconds, bytes: bytes, p50: Statistics.percentile(latencies, 0.5),
                p99: Statistics.percentile(latencies, 0.99),
                faults: faults + (requests == 0 && faults.isEmpty ? ["no answer"] : []))
        }
    }
}
