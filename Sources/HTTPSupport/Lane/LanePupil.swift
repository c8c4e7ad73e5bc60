import NIOCore
import NIOHPACK
import RegistryModel

/// Watches one response go by and keeps what the lane needs to give it again.
struct LanePupil {
    private static let dateBytes = 29
    private static let idBytes = 32
    private static let longestHead = 8 << 10

    let hash: Int
    let key: [UInt8]
    let isHead: Bool
    let transport: LaneTransport
    let target: String
    private var head: [UInt8] = []
    /// What a stream's response sends besides date and request's id.
    private var fields: HPACKHeaders?
    private var body: ByteBuffer?
    private var isTooMuch = false

    init(hash: Int, key: [UInt8], isHead: Bool, transport: LaneTransport, target: String) {
        self.hash = hash
        self.key = key
        self.isHead = isHead
        self.transport = transport
        self.target = target
    }

    /// Bytes of the response; the encoder writes a head at once and contents as they are.
    mutating func watch(_ data: IOData) {
        guard case .byteBuffer(let bytes) = data, bytes.readableBytes > 0 else { return }
        if head.isEmpty, bytes.readableBytes <= Self.longestHead {
            head = Array(bytes.readableBytesView)
        } else {
            watch(content: bytes)
        }
    }

    /// Bytes of the response's content.
    mutating func watch(content bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        if body == nil, !isTooMuch {
            body = bytes
        } else {
            isTooMuch = true
            body = nil
        }
    }

    /// The head of a response on a stream: kept as the lines that it has on a connection of HTTP/1.1, so that one place
    /// decides what may be given again.
    mutating func watch(_ headers: HPACKHeaders) {
        var lines: [UInt8] = []
        var fields = HPACKHeaders()
        for (name, value, _) in headers {
            // What would end the line would hide what follows from those who look at the lines.
            guard name.utf8.dropFirst().allSatisfy(LaneBytes.isToken), value.utf8.allSatisfy(LaneBytes.isText) else {
                return isTooMuch = true
            }
            if name == ":status" {
                lines.append(contentsOf: "HTTP/1.1 \(value) \r\n".utf8)
            } else {
                lines.append(contentsOf: "\(name): \(value)\r\n".utf8)
            }
            if name != "date", name != "x-request-id" { fields.add(name: name, value: value) }
        }
        guard head.isEmpty, lines.count <= Self.longestHead else { return isTooMuch = true }
        head = lines + [.carriageReturn, .lineFeed]
        self.fields = fields
    }

    /// Takes the answer into what is known, if its handler offered it and it is one that may be given again.
    func learn(in loop: LaneLoop) {
        guard let head = LaneHead(head), let id = head.text("x-request-id"), let date = head.value("date"),
            let place = head.value("x-request-id"), date.count == Self.dateBytes, place.count == Self.idBytes,
            let lesson = loop.lane.take(requestID: id), !isTooMuch || lesson.file != nil,
            head.isForEverybody, head.text("etag") == lesson.offer.etag
        else { return }
        let content: ByteBuffer?
        var file: LaneFile?
        switch head.status {
        case 200 where isHead:
            guard body == nil else { return }
            content = nil
        case 200 where lesson.file != nil:
            // Encrypted, a file's bytes have to come through the program, and the framework does that as well.
            guard !transport.isSecure, let offer = lesson.file, head.text("content-length") == String(offer.size),
                let opened = LaneFile(offer)
            else { return }
            file = opened
            content = nil
        case 200:
            guard let length = head.text("content-length"), length == String(body?.readableBytes ?? 0) else { return }
            content = body
        case 304:
            guard body == nil, head.value("content-length") == nil else { return }
            content = nil
        default: return
        }
        let method = isHead ? "HEAD" : "GET"
        let cells = loop.cells(route: lesson.route, method: method, status: "\(head.status / 100)xx")
        let answer = LaneAnswer(
            head: self.head, fields: fields, date: date.lowerBound, requestID: place.lowerBound, body: content,
            file: file, logMembers: logMembers(method, lesson.route, head.status),
            requests: cells.requests, durations: cells.durations, route: lesson.route)
        loop.learn(
            answer, hash: hash, key: key, lesson: lesson, isHead: isHead, isUnchanged: head.status == 304)
    }

    /// The members that ``RequestLog`` writes between the id and the duration.
    private func logMembers(_ method: String, _ route: String, _ status: Int) -> [UInt8] {
        let members: JSONValue = [
            "method": .string(method), "path": .string(Redaction.path(target)), "route": .string(route),
            "status": .integer(Int64(status)),
        ]
        return [.comma] + members.bytes().dropFirst().dropLast() + Array(",\"bytes\":".utf8)
    }
}
