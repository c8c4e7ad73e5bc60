import CZlib
import Synchronization

/// gzip for a document that comes in pieces.
///
/// `@unchecked Sendable` with this invariant: zlib's state is touched only while `gate` is held, and by `deinit`, when
/// nobody else can hold it.
final class GzipStream: @unchecked Sendable {
    private let stream: UnsafeMutablePointer<z_stream>
    private let gate = Mutex(())

    /// zlib refused.
    struct Fault: Error {
        let code: Int32
    }

    /// Starts a member without time stamp and name.
    init(level: Int32 = 6) throws {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let gzipWindow: Int32 = 15 + 16
        let code = deflateInit2_(
            stream, level, Z_DEFLATED, gzipWindow, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw Fault(code: code) }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Takes the next piece of the document.
    /// - Returns: What of the compressed form is ready; all of it after the last piece.
    func add(_ piece: [UInt8], isLast: Bool) throws -> [UInt8] {
        try gate.withLock { _ in
            var out: [UInt8] = []
            try piece.withUnsafeBufferPointer { source in
                // zlib's declaration lacks const; deflate does not write to its input.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.pointee.avail_in = UInt32(source.count)
                try drain(into: &out, flush: isLast ? Z_FINISH : Z_NO_FLUSH)
                stream.pointee.next_in = nil
            }
            return out
        }
    }

    private func drain(into out: inout [UInt8], flush: Int32) throws {
        let room = 32 << 10
        var code = Z_OK
        repeat {
            let chunk = try [UInt8](unsafeUninitializedCapacity: room) { output, count in
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(room)
                code = deflate(stream, flush)
                count = room - Int(stream.pointee.avail_out)
                guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { throw Fault(code: code) }
            }
            out += chunk
        } while stream.pointee.avail_out == 0
    }
}
