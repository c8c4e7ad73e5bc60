/// Reads one HTTP/1.1 response from bytes as they arrive.
///
/// It knows lengths and chunks, which is what the servers here send; a response that ends with its connection is complete
/// only when ``finish()`` says so.
struct ResponseReader {
    private enum State { case head, body(Int), chunkSize, chunk(Int), trailer, untilClose, complete }

    private(set) var status = 0
    private(set) var headers: [String: String] = [:]
    private(set) var body: [UInt8] = []
    /// How many bytes the body has, kept or not.
    private(set) var bodyLength = 0
    private var state = State.head
    private var line: [UInt8] = []
    private let keepsBody: Bool
    private let isHead: Bool

    /// Makes a reader.
    /// - Parameters:
    ///   - keepsBody: Whether the body is collected or only counted.
    ///   - isHead: Whether the request was HEAD, whose response has no body.
    init(keepsBody: Bool, isHead: Bool = false) {
        self.keepsBody = keepsBody
        self.isHead = isHead
    }

    /// Whether the whole response has arrived.
    var isComplete: Bool {
        if case .complete = state { return true }
        return false
    }

    /// Whether the server ends the connection after this response.
    var closes: Bool { headers["connection"]?.lowercased() == "close" }

    /// Takes the bytes that arrived.
    /// - Returns: Whether they could be understood; bytes after the response are not.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            switch state {
            case .complete: return false
            case .body(let rest):
                let count = keep(bytes, from: index, rest)
                index += count
                state = rest == count ? .complete : .body(rest - count)
            case .chunk(let rest):
                let count = keep(bytes, from: index, rest)
                index += count
                // The line end after a chunk is read as an empty size line.
                state = rest == count ? .chunkSize : .chunk(rest - count)
            case .untilClose: index += keep(bytes, from: index, bytes.count)
            case .head, .chunkSize, .trailer:
                let byte = bytes[index]
                index += 1
                line.append(byte)
                guard byte == UInt8(ascii: "\n") else { continue }
                guard takeLine() else { return false }
                line.removeAll(keepingCapacity: true)
            }
        }
        return true
    }

    /// Says, when the connection has ended, whether that is the end of the response.
    mutating func finish() -> Bool {
        if case .untilClose = state { state = .complete }
        return isComplete
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer, from index: Int, _ most: Int) -> Int {
        let count = min(most, bytes.count - index)
        bodyLength += count
        if keepsBody { body.append(contentsOf: bytes[index..<(index + count)]) }
        return count
    }

    private mutating func takeLine() -> Bool {
        var text = Substring(String(decoding: line, as: UTF8.self))
        while text.last?.isNewline == true { text.removeLast() }
        switch state {
        case .chunkSize:
            if text.isEmpty { return true }
            guard let size = Int(text.prefix { $0.isHexDigit }, radix: 16) else { return false }
            state = size == 0 ? .trailer : .chunk(size)
        case .trailer:
            if text.isEmpty { state = .complete }
        default: return takeHeadLine(text)
        }
        return true
    }

    private mutating func takeHeadLine(_ text: Substring) -> Bool {
        if status == 0 {
            let parts = text.split(separator: " ", maxSplits: 2)
            guard parts.count > 1, parts[0].hasPrefix("HTTP/1."), let code = Int(parts[1]) else { return false }
            status = code
        } else if !text.isEmpty {
            guard let colon = text.firstIndex(of: ":") else { return false }
            let value = text[text.index(after: colon)...].drop { $0 == " " }
            headers[text[..<colon].lowercased()] = String(value)
        } else if (100..<200).contains(status) {
            status = 0
            headers = [:]
        } else {
            state = stateAfterHead()
        }
        return true
    }

    private func stateAfterHead() -> State {
        if isHead || status == 204 || status == 304 { return .complete }
        if headers["transfer-encoding"]?.lowercased().contains("chunked") == true { return .chunkSize }
        guard let length = headers["content-length"].flatMap({ Int($0) }) else { return .untilClose }
        return length == 0 ? .complete : .body(length)
    }
}
