import CZlib

/// gzip, [RFC 1952](https://www.rfc-editor.org/rfc/rfc1952), through zlib.
enum Gzip {
    /// Below this many bytes a response fits one packet anyway and compression only costs.
    static let minimumBytes = 860

    /// The compressed form, or nil where it would not be smaller or zlib refuses.
    ///
    /// The member has no time stamp and no name: equal input gives equal bytes, so entity tags hold across restarts.
    static func compress(_ input: [UInt8], level: Int32 = 6) -> [UInt8]? {
        guard input.count >= minimumBytes, input.count <= Int(Int32.max) else { return nil }
        var stream = z_stream()
        let gzipWindow: Int32 = 15 + 16
        let started = deflateInit2_(
            &stream, level, Z_DEFLATED, gzipWindow, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard started == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        // One byte less than the input: a result that is no smaller does not fit, and deflate says so.
        let capacity = input.count - 1
        var finished = false
        let out = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            input.withUnsafeBufferPointer { source in
                // zlib's declaration lacks const; deflate does not write to its input.
                stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.avail_in = UInt32(source.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(capacity)
                finished = deflate(&stream, Z_FINISH) == Z_STREAM_END
            }
            count = capacity - Int(stream.avail_out)
        }
        return finished ? out : nil
    }
}
