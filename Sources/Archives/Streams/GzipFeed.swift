import CZlib

/// Unpacks exactly one gzip member ([RFC 1952](https://www.rfc-editor.org/rfc/rfc1952)).
///
/// libarchive's own filter would go on with further members and ignore whatever else follows; of the readers that
/// install packages some do and some do not. Here only zero bytes may follow the member. zlib checks the CRC and the
/// length at its end.
final class GzipFeed: ByteFeed {
    private let upstream: any ByteFeed
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private let stream: UnsafeMutablePointer<z_stream>
    private let isReady: Bool
    private var isFinished = false

    init(_ upstream: any ByteFeed) {
        self.upstream = upstream
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window; 16 more ask for a gzip wrapper and nothing else.
        isReady = inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
        output.deallocate()
    }

    func next() throws(ArchiveFault) -> UnsafeRawBufferPointer {
        guard isReady else { throw .invalid(reason: "zlib could not start") }
        if isFinished { return UnsafeRawBufferPointer(rebasing: output[..<0]) }
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        while !isFinished, stream.pointee.avail_out > 0 {
            if stream.pointee.avail_in == 0 { try refill() }
            try step()
        }
        return UnsafeRawBufferPointer(rebasing: output[..<(output.count - Int(stream.pointee.avail_out))])
    }

    private func refill() throws(ArchiveFault) {
        let block = try upstream.next()
        guard !block.isEmpty else { throw .truncated }
        // zlib never writes to its input; its declaration only lacks the `const`.
        stream.pointee.next_in = UnsafeMutableRawPointer(mutating: block.baseAddress)?
            .assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(clamping: block.count)
    }

    private func step() throws(ArchiveFault) {
        switch inflate(stream, Z_NO_FLUSH) {
        case Z_OK: break
        case Z_STREAM_END: try finish()
        default: throw .invalid(reason: stream.pointee.msg.map { String(cString: $0) } ?? "damaged gzip data")
        }
    }

    /// Reads what follows the member to the end of the file.
    private func finish() throws(ArchiveFault) {
        isFinished = true
        var rest = UnsafeRawBufferPointer(start: stream.pointee.next_in, count: Int(stream.pointee.avail_in))
        var isFirst = true
        repeat {
            if let byte = rest.first(where: { $0 != 0 }) {
                if isFirst, rest.first == 0x1F, byte == 0x1F { throw .multipleStreams }
                throw .trailingData
            }
            isFirst = isFirst && rest.isEmpty
            rest = try upstream.next()
        } while !rest.isEmpty
    }
}
