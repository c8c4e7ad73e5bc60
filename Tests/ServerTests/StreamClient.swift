import HallmarkTesting
import NIOCore
import NIOHPACK
import NIOSSL
import Testing

/// A client of HTTP/2 inside TLS that sends exactly the frames it is given, and knows nothing of what is allowed.
///
/// One task uses it.
final class StreamClient {
    /// A frame as it came over the wire.
    struct Frame {
        let kind: UInt8
        let flags: UInt8
        let stream: Int
        let payload: [UInt8]

        var endsStream: Bool { (kind == 0 || kind == 1) && flags & 1 != 0 }
        var number: Int { payload.suffix(4).reduce(0) { $0 << 8 | Int($1) } }
    }

    /// What a stream said.
    struct Answer {
        var response = RawResponse()
        var isComplete = false
        /// The code of its RST_STREAM.
        var reset: Int?
    }

    static let data: UInt8 = 0
    static let headers: UInt8 = 1
    static let priority: UInt8 = 2
    static let reset: UInt8 = 3
    static let settings: UInt8 = 4
    static let ping: UInt8 = 6
    static let goAway: UInt8 = 7
    static let windowUpdate: UInt8 = 8
    static let continuation: UInt8 = 9

    let connection: RawConnection
    private var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
    private(set) var answers: [Int: Answer] = [:]
    /// The streams and codes of all GOAWAY.
    private(set) var farewells: [(last: Int, code: Int)] = []
    private(set) var pings: [[UInt8]] = []
    private var next = 1

    deinit {
        connection.abandon()
    }

    /// Connects and sends the preface.
    ///
    /// The server may send `window` on each stream at first, and on all together `connectionWindow` beyond the 65,535 that
    /// each connection begins with.
    init(port: Int, window: Int = 1 << 24, connectionWindow: Int = 1 << 30) async throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        tls.applicationProtocols = ["h2"]
        let context = try NIOSSLContext(configuration: tls)
        connection = try await RawConnection.connect(to: port) {
            [try NIOSSLClientHandler(context: context, serverHostname: "localhost")]
        }
        let setting: [UInt8] = [0, 4] + Self.big(window, 4)
        var bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + Self.frame(Self.settings, stream: 0, setting)
        if connectionWindow > 0 { bytes += Self.frame(Self.windowUpdate, stream: 0, Self.big(connectionWindow, 4)) }
        try await connection.send(bytes)
    }

    // MARK: - What is sent

    static func big(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { index in UInt8(truncatingIfNeeded: number >> (8 * (count - 1 - index))) }
    }

    static func frame(_ kind: UInt8, flags: UInt8 = 0, stream: Int, _ payload: [UInt8]) -> [UInt8] {
        var bytes = big(payload.count, 3)
        bytes += [kind, flags]
        bytes += big(stream, 4)
        return bytes + payload
    }

    /// A head without compression.
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in fields {
            bytes.append(0)
            for text in [name, value] {
                bytes += length(text.utf8.count)
                bytes += Array(text.utf8)
            }
        }
        return bytes
    }

    private static func length(_ count: Int) -> [UInt8] {
        guard count >= 127 else { return [UInt8(count)] }
        var rest = count - 127
        var bytes: [UInt8] = [127]
        while rest >= 128 {
            bytes.append(UInt8(rest % 128 + 128))
            rest /= 128
        }
        return bytes + [UInt8(rest)]
    }

    /// The frame of a request's head.
    static func request(
        _ line: String, _ fields: [String] = [], stream: Int, ends: Bool = true
    ) -> [UInt8] {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        let pseudo = [
            (":method", words[0]), (":scheme", "https"), (":authority", "localhost"), (":path", words[1]),
        ]
        let others = fields.map { field in
            let colon = field.firstIndex(of: ":") ?? field.endIndex
            return (field[..<colon].lowercased(), String(field[colon...].dropFirst(2)))
        }
        return frame(headers, flags: ends ? 5 : 4, stream: stream, block(pseudo + others))
    }

    /// The number of a new stream.
    func newStream() -> Int {
        defer { next += 2 }
        return next
    }

    func send(_ bytes: [UInt8]) async throws {
        try await connection.send(bytes)
    }

    /// Lets the server send more.
    func open(_ count: Int, stream: Int) async throws {
        try await send(Self.frame(Self.windowUpdate, stream: stream, Self.big(count, 4)))
    }

    // MARK: - What comes

    /// One request, and its answer.
    func exchange(_ line: String, _ fields: [String] = []) async throws -> RawResponse {
        let stream = newStream()
        try await send(Self.request(line, fields, stream: stream))
        try await read { $0.answers[stream]?.isComplete == true }
        return answers.removeValue(forKey: stream)?.response ?? RawResponse()
    }

    /// Reads until something holds.
    func read(until condition: (StreamClient) -> Bool) async throws {
        while !condition(self) { try await readFrame() }
    }

    /// Reads until the server has closed the connection.
    func untilClosed() async throws {
        do {
            while true { try await readFrame() }
        } catch RawConnection.Fault.closed {}
    }

    private func readFrame() async throws {
        let head = try await connection.bytes(9)
        let length = head[0..<3].reduce(0) { $0 << 8 | Int($1) }
        let stream = head[5..<9].reduce(0) { $0 << 8 | Int($1) }
        let frame = Frame(kind: head[3], flags: head[4], stream: stream, payload: try await connection.bytes(length))
        try await take(frame)
    }

    private func take(_ frame: Frame) async throws {
        switch frame.kind {
        case Self.data: answers[frame.stream, default: Answer()].response.body += frame.payload
        case Self.headers:
            #expect(frame.flags & 4 != 0)
            var block = ByteBuffer(bytes: frame.payload)
            for (name, value, _) in try decoder.decodeHeaders(from: &block) {
                if name == ":status" {
                    answers[frame.stream, default: Answer()].response.status = Int(value) ?? 0
                } else {
                    answers[frame.stream, default: Answer()].response.headers.append((name, value))
                }
            }
        case Self.reset: answers[frame.stream, default: Answer()].reset = frame.number
        case Self.settings where frame.flags & 1 == 0:
            try? await send(Self.frame(Self.settings, flags: 1, stream: 0, []))
        case Self.ping where frame.flags & 1 == 0: pings.append(frame.payload)
        case Self.goAway:
            let last = frame.payload[0..<4].reduce(0) { $0 << 8 | Int($1) }
            farewells.append((last, frame.payload[4..<8].reduce(0) { $0 << 8 | Int($1) }))
        default: break
        }
        if frame.endsStream || frame.kind == Self.reset { answers[frame.stream]?.isComplete = true }
    }
}
