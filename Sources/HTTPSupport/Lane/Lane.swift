import NIOCore
package import RegistryModel
import Synchronization

/// The fast way for reads that are asked again and again: what all connections share of it.
///
/// Each connection has a ``LaneHandler`` before the decoder. It answers a request where one of exactly this kind was
/// answered by a handler before, the handler offered its answer to the lane (``LaneOffer``), and nothing that the answer
/// shows has changed since. It answers with the bytes that the handler's answer had on the wire, but for `Date` and
/// `X-Request-Id`. So what is negotiated, who may see what and which fields are sent is decided in one place, behind it.
/// docs/decisions/0008-a-lane-before-the-decoder.md has the argument why that is safe.
package final class Lane: Sendable {
    /// How many offers wait for their responses.
    ///
    /// An offer whose response never passes a lane is pushed out by others; one that keeps a file open is taken back when
    /// its response has ended.
    private static let waitingLessons = 1024
    /// How many files are kept open on all event loops together, where as many may be open.
    package static let mostOpenFiles = 256

    private struct Waiting {
        var lessons: [String: LaneLesson] = [:]
        var order: [String] = []
        var next = 0
    }

    let cache: ResponseCache
    let metrics: HTTPMetrics
    let log: (any LogSink)?
    let clock: any WallClock
    let proxies: TrustedProxies
    private let bytes: Int
    private let openFiles: Int
    private let waiting = Mutex(Waiting())
    private let loops = Mutex<[ObjectIdentifier: NIOLoopBound<LaneLoop>]>([:])
    private let loopCount = Atomic(1)

    /// Makes a lane that has learned nothing yet.
    /// - Parameters:
    ///   - cache: Keeps the documents, and knows what changed.
    ///   - metrics: Where answers are counted.
    ///   - log: Where the request log goes; nil for none.
    ///   - clock: The time for `Date` and the log.
    ///   - proxies: Connections of these are left to the framework: what they say of their clients is not the lane's to read.
    ///   - bytes: How much heads and keys may take on all event loops together. Documents are the cache's own.
    ///   - openFiles: How many files are kept open on all event loops together; each loop has one at least.
    package init(
        cache: ResponseCache, metrics: HTTPMetrics, log: (any LogSink)?, clock: any WallClock,
        proxies: TrustedProxies = TrustedProxies(), bytes: Int = 8 << 20, openFiles: Int = Lane.mostOpenFiles
    ) {
        self.openFiles = openFiles
        self.cache = cache
        self.metrics = metrics
        self.log = log
        self.clock = clock
        self.proxies = proxies
        self.bytes = bytes
    }

    /// How much one event loop may keep.
    var bytesPerLoop: Int { bytes / loopCount.load(ordering: .relaxed) }

    /// How many files one event loop may keep open.
    var filesPerLoop: Int { max(1, openFiles / loopCount.load(ordering: .relaxed)) }

    /// What connections on an event loop share; to be called on it.
    func loop(of eventLoop: any EventLoop) -> LaneLoop {
        let id = ObjectIdentifier(eventLoop)
        if let known = loops.withLock({ $0[id] }) { return known.value }
        let loop = LaneLoop(lane: self, eventLoop: eventLoop)
        let bound = NIOLoopBound(loop, eventLoop: eventLoop)
        let count = loops.withLock { loops in
            loops[id] = bound
            return loops.count
        }
        loopCount.store(count, ordering: .relaxed)
        return loop
    }

    /// Keeps an offer until the response with this request id passes.
    func keep(
        _ offer: LaneOffer, since moment: ResponseCache.Moment, requestID: String, route: String, isAnonymous: Bool
    ) {
        let stamp: ResponseCache.Stamp
        switch offer.content {
        case .document(_, let generation): stamp = cache.stamp(of: offer.tag, at: generation)
        case .file:
            // Who asked may see more than others, and nothing may have changed since it was found that they may see it.
            guard isAnonymous, let current = cache.stamp(of: offer.tag, since: moment) else { return }
            stamp = current
        }
        let lesson = LaneLesson(offer: offer, stamp: stamp, route: route)
        waiting.withLock { waiting in
            if waiting.order.count < Self.waitingLessons {
                waiting.order.append(requestID)
            } else {
                waiting.lessons[waiting.order[waiting.next]] = nil
                waiting.order[waiting.next] = requestID
                waiting.next = (waiting.next + 1) % Self.waitingLessons
            }
            waiting.lessons[requestID] = lesson
        }
    }

    /// The offer that belongs to a response; once.
    func take(requestID: String) -> LaneLesson? {
        waiting.withLock { $0.lessons.removeValue(forKey: requestID) }
    }
}
