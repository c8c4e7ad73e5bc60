import NIOCore
import RegistryModel

/// What the lane's connections on one event loop share: what was learned, the date, ids, and lines for the log.
///
/// To be used on that event loop only, so there is nothing to wait for.
final class LaneLoop {
    /// How long an answer is given before the framework is asked again, at most.
    private static let lifetime = TimeAmount.seconds(30)
    /// How long a line waits for others before it goes to the log.
    private static let logDelay = TimeAmount.milliseconds(20)
    private static let logBatch = 64 << 10
    /// The log tells milliseconds.
    private static let clockPause = TimeAmount.milliseconds(1)
    /// How long answers are given before others that want the processor have it; a few answers, and many times what it
    /// costs to ask.
    private static let turn = TimeAmount.microseconds(25)

    let lane: Lane
    /// The selection of the request that is being looked at.
    var key = LaneKey()
    /// The fields of the request that is being looked at, where it came on a stream.
    var scratch = LaneScratch()
    /// More room than this is not kept.
    private static let keptRoom = 64 << 10
    private var room = ByteBuffer()
    private let eventLoop: any EventLoop
    private var entries: [Int: LaneEntry] = [:]
    private var cost = 0
    private var isSweepScheduled = false
    private var counters: [String: (requests: MetricCell, durations: MetricFastCell)] = [:]
    private(set) var date: [UInt8] = []
    private(set) var dateText = ""
    private var dateSecond = Int64.min
    private var millisecond = Int64.min
    private var nextReading = NIODeadline.uptimeNanoseconds(0)
    private var turnStart = NIODeadline.uptimeNanoseconds(0)
    private var stampText: [UInt8] = []
    private let lineStart = Array("{\"at\":\"".utf8)
    private let lineRequest = Array("\",\"level\":\"info\",\"message\":\"request\",\"request\":\"".utf8)
    private let lineDuration = Array(",\"microseconds\":".utf8)
    private var lines: [UInt8] = []
    private var isLogScheduled = false
    /// The id of the request that is being answered.
    private(set) var requestID: [UInt8]
    private var nextID: UInt64 = 0
    private var lastID: UInt64 = 0

    init(lane: Lane, eventLoop: any EventLoop) {
        self.lane = lane
        self.eventLoop = eventLoop
        requestID = Array(RequestIdentity.freshID().utf8)
    }

    deinit {
        key.deallocate()
        scratch.deallocate()
    }
}

// MARK: - What was learned

extension LaneLoop {
    /// The answer to a request whose selection is in ``key``; nil where only the framework knows it.
    func answer(to request: LaneRequest, _ bytes: UnsafeRawBufferPointer) -> LaneAnswer? {
        guard let entry = entries[key.hash], entry.key.withUnsafeBytes({ key.equals($0) }),
            lane.cache.isCurrent(entry.stamp), !(entry.isFile && request.hasAuthorization)
        else { return nil }
        var isUnchanged = false
        if let condition = request.ifNoneMatch {
            switch entry.etag.withUnsafeBytes({ LaneTags.look(for: $0, in: bytes, condition) }) {
            case .contains: isUnchanged = true
            case .lacks: break
            case .unclear: return nil
            }
        }
        guard let answer = entry.answer(isHead: request.isHead, isUnchanged: isUnchanged),
            answer.file?.isIntact ?? true
        else { return nil }
        entry.isUsed = true
        return answer
    }

    /// Learns an answer; one of another state of the document takes the place of what was known.
    func learn(
        _ answer: LaneAnswer, hash: Int, key: [UInt8], lesson: LaneLesson, isHead: Bool, isUnchanged: Bool
    ) {
        guard lane.cache.isCurrent(lesson.stamp) else { return }
        let entry: LaneEntry
        if let known = entries[hash], known.key == key, lane.cache.isCurrent(known.stamp),
            known.etag.elementsEqual(lesson.offer.etag.utf8)
        {
            entry = known
            cost -= known.cost
        } else {
            cost -= entries[hash]?.cost ?? 0
            entry = LaneEntry(key: key, lesson: lesson, expires: .now() + Self.lifetime)
            entries[hash] = entry
        }
        entry.set(answer, isHead: isHead, isUnchanged: isUnchanged)
        cost += entry.cost
        if cost > lane.bytesPerLoop { makeRoom() }
        if answer.file != nil, entries.values.count(where: \.holdsFile) > lane.filesPerLoop {
            retain { !$0.holdsFile || $0 === entry }
        }
        scheduleSweep()
    }

    /// The counters of a route; the same ones each time.
    func cells(route: String, method: String, status: String) -> (requests: MetricCell, durations: MetricFastCell) {
        let name = "\(method) \(status) \(route)"
        if let known = counters[name] { return known }
        let cells = (
            lane.metrics.requests.cell(route, method, status), lane.metrics.durations.cell(route)
        )
        counters[name] = cells
        return cells
    }

    /// Drops what is out of date or was not used for a while, and then everything where that is not enough.
    private func makeRoom() {
        retain { $0.isUsed }
        for entry in entries.values { entry.isUsed = false }
        if cost > lane.bytesPerLoop { retain { _ in false } }
    }

    private func retain(_ isWanted: (LaneEntry) -> Bool) {
        entries = entries.filter { lane.cache.isCurrent($0.value.stamp) && isWanted($0.value) }
        cost = entries.values.reduce(0) { $0 + $1.cost }
    }

    /// Looks each second at what is kept: what the cache has forgotten must not stay in memory because the lane knows it.
    private func scheduleSweep() {
        guard !isSweepScheduled, !entries.isEmpty else { return }
        isSweepScheduled = true
        eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { self.sweep() }
    }

    private func sweep() {
        isSweepScheduled = false
        let now = NIODeadline.now()
        retain { entry in
            guard entry.expires > now else { return false }
            guard let document = entry.document else { return true }
            defer { entry.isUsed = false }
            return lane.cache.keeps(document, isUsed: entry.isUsed)
        }
        scheduleSweep()
    }
}

// MARK: - Room

extension LaneLoop {
    /// An empty buffer for what a connection writes next: the last one again, where its bytes have left.
    func takeRoom(_ count: Int) -> ByteBuffer {
        var taken = room
        room = ByteBuffer()
        // Where somebody still holds the bytes, this makes new room.
        taken.clear(minimumCapacity: count)
        return taken
    }

    /// Keeps the room of what was written.
    func giveBack(_ buffer: ByteBuffer) {
        if buffer.capacity > 0, buffer.capacity <= Self.keptRoom { room = buffer }
    }
}

// MARK: - Time, ids, and the log

extension LaneLoop {
    /// Begins to answer what came in one read of a connection.
    ///
    /// Nothing is under way here now, so this is where the event loop passes its turn on, while a publish is under way.
    /// - Returns: When the answers begin.
    func beginBurst() -> NIODeadline {
        var now = NIODeadline.now()
        if ThreadTurns.isAnyoneBehind, now - turnStart >= Self.turn {
            ThreadTurns.pass()
            now = .now()
            turnStart = now
        }
        readClock(at: now)
        return now
    }

    /// Reads the clock; once for all requests of one read, and not more often than what is written of it changes.
    func readClock(at moment: NIODeadline = .now()) {
        guard moment >= nextReading else { return }
        nextReading = moment + Self.clockPause
        let now = lane.clock.now()
        if now.seconds != dateSecond {
            dateSecond = now.seconds
            dateText = now.httpDate
            date = Array(dateText.utf8)
        }
        guard lane.log != nil else { return }
        let current = now.microseconds / 1000
        if current != millisecond {
            millisecond = current
            stampText = Array(now.rfc3339(.milliseconds).utf8)
        }
    }

    /// Makes the next request's id.
    func makeRequestID() {
        if nextID == lastID {
            let block: UInt64 = 1024
            nextID = RequestIdentity.reserve(block)
            lastID = nextID &+ block
        }
        nextID &+= 1
        var rest = nextID
        for index in stride(from: 31, through: 16, by: -1) {
            let digit = UInt8(truncatingIfNeeded: rest & 15)
            requestID[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            rest >>= 4
        }
    }

    /// Counts an answer.
    /// - Returns: How many nanoseconds it took.
    func count(_ answer: LaneAnswer, since start: NIODeadline) -> UInt64 {
        let nanoseconds = UInt64(max(0, (NIODeadline.now() - start).nanoseconds))
        answer.requests.increment()
        if Double(nanoseconds) / 1e9 <= lane.metrics.durations.firstBound {
            answer.durations.add(nanoseconds: nanoseconds)
        } else {
            lane.metrics.durations.observe(Double(nanoseconds) / 1e9, answer.route)
        }
        return nanoseconds
    }

    /// Writes the line of the request whose id is given.
    func log(
        _ answer: LaneAnswer, requestID: [UInt8], bytes: Int, nanoseconds: UInt64, client: [UInt8],
        agent: UnsafeRawBufferPointer?, outcome: StaticString? = nil
    ) {
        guard lane.log != nil else { return }
        lines.append(contentsOf: lineStart)
        lines.append(contentsOf: stampText)
        lines.append(contentsOf: lineRequest)
        lines.append(contentsOf: requestID)
        lines.append(UInt8(ascii: "\""))
        lines.append(contentsOf: answer.logMembers)
        append(number: UInt64(bytes))
        lines.append(contentsOf: lineDuration)
        append(number: nanoseconds / 1000)
        lines.append(contentsOf: client)
        if let agent { append(agent: agent) }
        if let outcome {
            lines.append(contentsOf: ",\"outcome\":\"".utf8)
            outcome.withUTF8Buffer { lines.append(contentsOf: $0) }
            lines.append(.quote)
        }
        lines.append(UInt8(ascii: "}"))
        lines.append(.lineFeed)
        if lines.count > Self.logBatch {
            writeLog()
        } else if !isLogScheduled {
            isLogScheduled = true
            eventLoop.assumeIsolated().scheduleTask(in: Self.logDelay) {
                self.isLogScheduled = false
                self.writeLog()
            }
        }
    }

    /// Hands the lines over that wait.
    func writeLog() {
        guard !lines.isEmpty else { return }
        lane.log?.write(lines: lines)
        lines.removeAll(keepingCapacity: true)
    }

    private func append(number: UInt64) {
        guard number >= 10 else { return lines.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number)) }
        lines.append(contentsOf: String(number).utf8)
    }

    private func append(agent: UnsafeRawBufferPointer) {
        let agent = UnsafeRawBufferPointer(rebasing: agent.prefix(200))
        lines.append(contentsOf: Self.agentName)
        if agent.contains(where: { $0 == .quote || $0 == UInt8(ascii: "\\") || $0 == .tab }) {
            lines.append(contentsOf: JSONValue.string(String(decoding: agent, as: UTF8.self)).bytes())
        } else {
            lines.append(.quote)
            lines.append(contentsOf: agent)
            lines.append(.quote)
        }
    }

    private static let agentName = Array(",\"agent\":".utf8)
}
