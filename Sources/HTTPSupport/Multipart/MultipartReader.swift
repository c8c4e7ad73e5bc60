import NIOCore

/// Reads a multipart body part by part.
///
/// One task uses it; parts and their contents are read in order.
final class MultipartReader {
    let limits: MultipartLimits
    private let source: () async throws -> ByteBuffer?
    private var scanner: MultipartScanner
    private var current = 0
    private var isInPart = false
    private var isFinished = false

    init(boundary: String, limits: MultipartLimits, source: @escaping () async throws -> ByteBuffer?) {
        self.limits = limits
        self.source = source
        scanner = MultipartScanner(boundary: boundary, limits: limits)
    }

    /// The number and the header of the next part; what is left of the one before is read and dropped.
    func nextPart() async throws -> (number: Int, header: [UInt8])? {
        while isInPart { _ = try await nextChunk(of: current) }
        guard !isFinished else { return nil }
        switch try await nextEvent() {
        case .partHeader(let header):
            isInPart = true
            current += 1
            return (current, header)
        case .end:
            isFinished = true
            // The epilogue is read so that the connection can be used again; the server bounds it like every body.
            while try await source() != nil {}
            return nil
        case .data, .partEnd, .needsMore: throw MultipartFault.malformedDelimiter
        }
    }

    /// The next bytes of a part; nil at its end, and for a part that was left already.
    func nextChunk(of number: Int) async throws -> ByteBuffer? {
        guard isInPart, number == current else { return nil }
        if case .data(let bytes) = try await nextEvent() { return bytes }
        isInPart = false
        return nil
    }

    private func nextEvent() async throws -> MultipartScanner.Event {
        while true {
            let event = try scanner.next()
            guard case .needsMore = event else { return event }
            guard let chunk = try await source() else { throw MultipartFault.truncated }
            scanner.feed(chunk)
        }
    }
}
