import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Splits a multipart body into parts, fed with chunks of any size.
///
/// Follows [RFC 2046 §5.1.1](https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1), stricter in one point: a delimiter line
/// holds nothing but the delimiter and blanks. It keeps no more than one chunk, a header and a delimiter.
struct MultipartScanner {
    enum Event: Hashable {
        /// A part begins; the bytes of its header without the empty line.
        case partHeader([UInt8])
        /// Bytes of the current part.
        case data(ByteBuffer)
        /// The current part is complete.
        case partEnd
        /// The closing delimiter was read; what follows is ignored.
        case end
        /// Another chunk is needed.
        case needsMore
    }

    private enum State {
        case preamble, delimiterTail, header, data, ended
    }

    /// CR LF - - and the boundary.
    private let delimiter: [UInt8]
    private let limits: MultipartLimits
    private var buffer: ByteBuffer
    private var state = State.preamble
    private var skipped = 0
    private var parts = 0
    /// How much of a header was searched for its end, so that one that drips is not searched again and again.
    private var headerScanned = 0

    init(boundary: String, limits: MultipartLimits) {
        delimiter = Array("\r\n--\(boundary)".utf8)
        self.limits = limits
        // The first delimiter may stand at the very start: the line end before it is put there.
        buffer = ByteBuffer(bytes: [0x0D, 0x0A])
    }

    /// Takes the next chunk in.
    mutating func feed(_ chunk: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = chunk
        } else {
            var chunk = chunk
            buffer.discardReadBytes()
            buffer.writeBuffer(&chunk)
        }
    }

    /// The next event.
    ///
    /// After ``Event/needsMore`` feed another chunk.
    mutating func next() throws(MultipartFault) -> Event {
        while true {
            switch state {
            case .preamble:
                guard try skipPreamble() else { return .needsMore }
            case .delimiterTail:
                if let event = try readDelimiterTail() { return event }
            case .header:
                return try readHeader()
            case .data:
                return readData()
            case .ended:
                buffer.clear()
                return .end
            }
        }
    }

    private mutating func skipPreamble() throws(MultipartFault) -> Bool {
        switch locate() {
        case .found(let offset):
            skipped += offset
            buffer.moveReaderIndex(forwardBy: offset + delimiter.count)
            state = .delimiterTail
        case .notBefore(let offset):
            skipped += offset
            buffer.moveReaderIndex(forwardBy: offset)
        }
        guard skipped <= limits.preambleBytes else { throw .preambleTooLong(limit: limits.preambleBytes) }
        return state == .delimiterTail
    }

    /// Reads what follows a delimiter: dashes for the end, or blanks and a line end.
    private mutating func readDelimiterTail() throws(MultipartFault) -> Event? {
        let view = buffer.readableBytesView.prefix(Self.longestTail)
        guard view.count >= 2 else { return .needsMore }
        if view.starts(with: [UInt8(ascii: "-"), UInt8(ascii: "-")]) {
            state = .ended
            return .end
        }
        guard let lineEnd = view.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }) else {
            guard view.count < Self.longestTail else { throw .malformedDelimiter }
            return .needsMore
        }
        let rest = view[lineEnd...]
        guard rest.first == 0x0D else { throw .malformedDelimiter }
        guard rest.count >= 2 else { return .needsMore }
        guard rest[rest.startIndex + 1] == 0x0A else { throw .malformedDelimiter }
        guard parts < limits.parts else { throw .tooManyParts(limit: limits.parts) }
        parts += 1
        buffer.moveReaderIndex(forwardBy: lineEnd - view.startIndex + 2)
        state = .header
        return nil
    }

    private static let longestTail = 128
    private static let emptyLine: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]

    private mutating func readHeader() throws(MultipartFault) -> Event {
        let view = buffer.readableBytesView
        // An empty header is nothing but its empty line.
        if view.starts(with: [0x0D, 0x0A]) {
            buffer.moveReaderIndex(forwardBy: 2)
            state = .data
            return .partHeader([])
        }
        let end = Self.emptyLine
        guard case .found(let position) = find(end, from: headerScanned), position <= limits.headerBytes else {
            guard buffer.readableBytes < limits.headerBytes + end.count else {
                throw .headerTooLarge(limit: limits.headerBytes)
            }
            headerScanned = max(0, buffer.readableBytes - end.count)
            return .needsMore
        }
        headerScanned = 0
        let header = Array(view.prefix(position))
        buffer.moveReaderIndex(forwardBy: header.count + end.count)
        state = .data
        return .partHeader(header)
    }

    private mutating func readData() -> Event {
        switch locate() {
        case .found(0):
            buffer.moveReaderIndex(forwardBy: delimiter.count)
            state = .delimiterTail
            return .partEnd
        case .found(let offset): return take(offset)
        case .notBefore(0): return .needsMore
        case .notBefore(let offset): return take(offset)
        }
    }

    private mutating func take(_ count: Int) -> Event {
        buffer.readSlice(length: count).map(Event.data) ?? .needsMore
    }

    private enum Location {
        /// The delimiter begins there.
        case found(Int)
        /// No delimiter begins before there.
        case notBefore(Int)
    }

    private func locate() -> Location { find(delimiter, from: 0) }

    /// Looks for a pattern that begins with CR.
    private func find(_ pattern: [UInt8], from start: Int) -> Location {
        buffer.withUnsafeReadableBytes { bytes in
            var offset = start
            while offset < bytes.count {
                guard let base = bytes.baseAddress,
                    let hit = memchr(base + offset, 0x0D, bytes.count - offset)
                else { return .notBefore(bytes.count) }
                offset = UnsafeRawPointer(hit) - base
                let candidate = bytes[offset...].prefix(pattern.count)
                if pattern.starts(with: candidate) {
                    return candidate.count == pattern.count ? .found(offset) : .notBefore(offset)
                }
                offset += 1
            }
            return .notBefore(bytes.count)
        }
    }
}
