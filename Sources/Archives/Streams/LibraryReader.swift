import CArchive

/// One libarchive reader over a ``ByteFeed``, with exactly one format and at most one filter enabled.
///
/// Not `Sendable`: it is made, used and dropped inside one call of `readArchive`. libarchive holds an unretained pointer
/// to it, which is valid because the handle is freed when this object is.
final class LibraryReader {
    /// What the bytes are.
    enum Input {
        case tar
        /// A zip, read from its start as a stream: libarchive never sees the central directory.
        case zipStream
        /// Anything, behind one filter.
        case filtered(Filter)
    }

    /// A decompressor.
    enum Filter {
        case bzip2, xz

        fileprivate var code: Int32 {
            switch self {
            case .bzip2: ARCHIVE_FILTER_BZIP2
            case .xz: ARCHIVE_FILTER_XZ
            }
        }
    }

    private let handle: OpaquePointer
    private let feed: any ByteFeed
    private var failure: ArchiveFault?

    init(_ feed: any ByteFeed, reads input: Input) throws(ArchiveFault) {
        guard let handle = archive_read_new() else { throw .invalid(reason: "libarchive could not start") }
        self.handle = handle
        self.feed = feed
        switch input {
        case .tar: try require(archive_read_support_format_tar(handle))
        case .zipStream: try require(archive_read_support_format_zip_streamable(handle))
        case .filtered(let filter):
            try require(archive_read_support_format_raw(handle))
            try require(archive_read_append_filter(handle, filter.code))
        }
        let opened = archive_read_open(
            handle, Unmanaged.passUnretained(self).toOpaque(), nil,
            { _, context, block in
                guard let context, let block else { return Int(ARCHIVE_FATAL) }
                return Unmanaged<LibraryReader>.fromOpaque(context).takeUnretainedValue().supply(block)
            }, nil)
        try require(opened)
    }

    deinit {
        archive_read_free(handle)
    }

    /// The next entry's header, valid until the next call, or nil at the end.
    func nextHeader() throws(ArchiveFault) -> OpaquePointer? {
        var entry: OpaquePointer?
        let status = archive_read_next_header(handle, &entry)
        if status == ARCHIVE_EOF, failure == nil { return nil }
        try require(status)
        return entry
    }

    /// The next run of the current entry's content, valid until the next call, or nil at its end.
    func nextBlock() throws(ArchiveFault) -> UnsafeRawBufferPointer? {
        var start: UnsafeRawPointer?
        var count = 0
        var offset: Int64 = 0
        let status = archive_read_data_block(handle, &start, &count, &offset)
        if status == ARCHIVE_EOF, failure == nil { return nil }
        try require(status)
        return UnsafeRawBufferPointer(start: start, count: count)
    }

    /// Anything but complete success is a refusal: what libarchive only warns about, another reader may take otherwise.
    private func require(_ status: Int32) throws(ArchiveFault) {
        if let failure { throw failure }
        guard status != ARCHIVE_OK else { return }
        let reason = archive_error_string(handle).map { String(cString: $0) } ?? "status \(status)"
        throw reason.lowercased().contains("truncated") ? .truncated : .invalid(reason: reason)
    }

    private func supply(_ block: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        do throws(ArchiveFault) {
            let bytes = try feed.next()
            block.pointee = bytes.baseAddress
            return bytes.count
        } catch {
            failure = error
            return Int(ARCHIVE_FATAL)
        }
    }
}
