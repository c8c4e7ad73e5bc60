import Dispatch
import Glibc

/// Asks for one large file over and over, on the calling thread, and lets the kernel throw its bytes away.
///
/// A generator that copies every byte into its own memory uses more of a processor than a server that sends with sendfile,
/// and is what such a row measures. Here `MSG_TRUNC` takes content off the socket without copying it
/// ([tcp(7)](https://man7.org/linux/man-pages/man7/tcp.7.html)). What is counted is still exact: the status and length in
/// every head, and every byte of content; whether the bytes are the right ones is compared before the row begins.
struct DownloadLoad: Load {
    let port: Int
    let path: String
    let connections: Int
    /// How long the file is.
    let length: Int
    /// The longest silence before a round is given up.
    private static let patience: UInt64 = 10_000_000_000

    func run(seconds: Int) throws -> LoadOutcome {
        let request = HTTPRequest("GET", path, port: port)
        // All are connected before the clock starts.
        var downloads = try (0..<connections).map { _ in try Download(port: port, request: request, length: length) }
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { scratch.deallocate() }
        let start = DispatchTime.now().uptimeNanoseconds
        let end = start + UInt64(seconds) * 1_000_000_000
        var outcome = LoadOutcome()
        var latencies: [Double] = []
        var now = start
        var last = start
        for index in downloads.indices { downloads[index].begin(at: now) }
        while now < end, outcome.faults.isEmpty {
            var polls = downloads.map { pollfd(fd: $0.stream.descriptor, events: Int16(POLLIN), revents: 0) }
            poll(&polls, nfds_t(polls.count), 100)
            for index in downloads.indices where polls[index].revents != 0 {
                let before = outcome.bytes
                do {
                    if let milliseconds = try downloads[index].proceed(scratch, &outcome.bytes) {
                        latencies.append(milliseconds)
                        downloads[index].begin(at: DispatchTime.now().uptimeNanoseconds)
                    }
                } catch {
                    outcome.faults.append("\(error)")
                }
                if outcome.bytes > before { last = now }
            }
            now = DispatchTime.now().uptimeNanoseconds
            if now - last > Self.patience { outcome.faults.append("no byte for 10 seconds") }
        }
        outcome.seconds = Double(now - start) / 1e9
        outcome.requests = latencies.count
        outcome.p50 = Statistics.percentile(latencies, 0.5)
        outcome.p99 = Statistics.percentile(latencies, 0.99)
        if latencies.isEmpty, outcome.faults.isEmpty { outcome.faults.append("no file arrived whole") }
        return outcome
    }
}
