import CArchive

/// Compresses bytes through libarchive's writer.
enum Compression: CaseIterable {
    case gzip, bzip2, xz

    func callAsFunction(_ bytes: [UInt8]) -> [UInt8] {
        let writer = archive_write_new()
        defer { archive_write_free(writer) }
        switch self {
        case .gzip: archive_write_add_filter_gzip(writer)
        case .bzip2: archive_write_add_filter_bzip2(writer)
        case .xz: archive_write_add_filter_xz(writer)
        }
        archive_write_set_format_raw(writer)
        // The memory sink is padded to a block by default; a compressed file is not.
        archive_write_set_bytes_in_last_block(writer, 1)
        var out = [UInt8](repeating: 0, count: bytes.count + bytes.count / 8 + 4096)
        var used = 0
        out.withUnsafeMutableBytes { buffer in
            archive_write_open_memory(writer, buffer.baseAddress, buffer.count, &used)
            let entry = archive_entry_new()
            archive_entry_set_filetype(entry, 0o100000)
            archive_write_header(writer, entry)
            bytes.withUnsafeBytes { source in
                _ = archive_write_data(writer, source.baseAddress, source.count)
            }
            archive_entry_free(entry)
            archive_write_close(writer)
        }
        return Array(out.prefix(used))
    }

    /// A raw deflate stream: a gzip member without its header and trailer.
    static func deflate(_ bytes: [UInt8]) -> [UInt8] {
        Array(Compression.gzip(bytes).dropFirst(10).dropLast(8))
    }
}
