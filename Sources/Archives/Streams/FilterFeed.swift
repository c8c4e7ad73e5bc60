import CArchive

/// Unpacks one layer of bzip2 or xz through libarchive.
///
/// The filter is appended by name, so libarchive does not look for further ones: a file compressed twice comes out
/// compressed once and is then no tar.
final class FilterFeed: ByteFeed {
    private let reader: LibraryReader
    private var isFinished: Bool

    init(_ upstream: any ByteFeed, filter: LibraryReader.Filter) throws(ArchiveFault) {
        reader = try LibraryReader(upstream, reads: .filtered(filter))
        isFinished = try reader.nextHeader() == nil
    }

    func next() throws(ArchiveFault) -> UnsafeRawBufferPointer {
        while !isFinished {
            guard let block = try reader.nextBlock() else {
                isFinished = true
                break
            }
            if !block.isEmpty { return block }
        }
        return UnsafeRawBufferPointer(start: nil, count: 0)
    }
}
