import Dispatch

/// One connection of a ``QueueLoad`` and the request that is under way on it.
struct Lane {
    /// How far a request came.
    enum Step {
        case waiting
        case broken
        case done(status: Int, milliseconds: Double, length: Int, at: UInt64, closes: Bool)
    }

    let stream: SocketStream
    private var request: HTTPRequest?
    private var written = 0
    private var begun: UInt64 = 0
    private var reader = ResponseReader(keepsBody: false)

    init(port: Int) throws {
        stream = try SocketStream(port: port)
        stream.makeNonBlocking()
    }

    var isIdle: Bool { request == nil }
    var isWriting: Bool { request.map { written < $0.bytes.count } ?? false }

    /// Starts a request.
    mutating func begin(_ request: HTTPRequest, at now: UInt64) {
        self.request = request
        written = stream.write(request.bytes, from: 0) ?? 0
        begun = now
        reader = ResponseReader(keepsBody: false)
    }

    /// Writes and reads what can be written and read now.
    mutating func proceed(_ scratch: UnsafeMutableRawBufferPointer) -> Step {
        if let request, written < request.bytes.count {
            guard let count = stream.write(request.bytes, from: written) else { return .broken }
            written += count
        }
        while let count = stream.read(into: scratch) {
            guard count > 0 else { return .broken }
            guard reader.take(UnsafeRawBufferPointer(rebasing: scratch[..<count])) else { return .broken }
            if reader.isComplete {
                request = nil
                let now = DispatchTime.now().uptimeNanoseconds
                return .done(
                    status: reader.status, milliseconds: Double(now - begun) / 1e6, length: reader.bodyLength, at: now,
                    closes: reader.closes)
            }
            // A short read means that nothing more is there now.
            if count < scratch.count { break }
        }
        return .waiting
    }
}
