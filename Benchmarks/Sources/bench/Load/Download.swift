import Dispatch
import Glibc

/// One connection of a ``DownloadLoad``.
struct Download {
    /// As much as is taken off the socket at once.
    private static let most = 4 << 20

    let stream: SocketStream
    private let request: HTTPRequest
    private let length: Int
    private var begun: UInt64 = 0
    private var head: [UInt8] = []
    /// What is still to come of the content; nil while the head is being read.
    private var rest: Int?

    init(port: Int, request: HTTPRequest, length: Int) throws {
        stream = try SocketStream(port: port)
        stream.makeNonBlocking()
        self.request = request
        self.length = length
    }

    /// Sends the request, which is small enough to go out at once.
    mutating func begin(at now: UInt64) {
        begun = now
        head = []
        rest = nil
        _ = stream.write(request.bytes, from: 0)
    }

    /// Takes what has arrived.
    /// - Parameters:
    ///   - scratch: Room for heads.
    ///   - bytes: Raised by the content that was taken.
    /// - Returns: How many milliseconds the file took, if it is complete now.
    /// - Throws: ``BenchFailure`` where what arrived is not the file.
    mutating func proceed(_ scratch: UnsafeMutableRawBufferPointer, _ bytes: inout Int) throws -> Double? {
        if rest == nil { try readHead(scratch, &bytes) }
        while let left = rest, left > 0 {
            // The address is not written to, so the count may be larger than what it has room for.
            let count = recv(stream.descriptor, scratch.baseAddress, min(left, Self.most), Int32(MSG_TRUNC))
            if count < 0, errno == EAGAIN || errno == EINTR { return nil }
            guard count > 0 else { throw BenchFailure("a connection that ended in the middle of the file") }
            rest = left - count
            bytes += count
        }
        return rest == 0 ? Double(DispatchTime.now().uptimeNanoseconds - begun) / 1e6 : nil
    }

    private mutating func readHead(_ scratch: UnsafeMutableRawBufferPointer, _ bytes: inout Int) throws {
        guard let count = stream.read(into: UnsafeMutableRawBufferPointer(rebasing: scratch.prefix(4096))) else {
            return
        }
        guard count > 0 else { throw BenchFailure("a connection that ended instead of an answer") }
        head += scratch.prefix(count)
        guard let end = head.firstRange(of: Array("\r\n\r\n".utf8)) else {
            guard head.count < 64 << 10 else { throw BenchFailure("a head without end") }
            return
        }
        let text = String(decoding: head[..<end.upperBound], as: UTF8.self)
        guard text.hasPrefix("HTTP/1.1 200 "), text.lowercased().contains("\r\ncontent-length: \(length)\r\n") else {
            throw BenchFailure("another answer: \(text.prefix(200))")
        }
        let content = head.count - end.upperBound
        guard content <= length else { throw BenchFailure("more than the file") }
        bytes += content
        rest = length - content
        head = []
    }
}
