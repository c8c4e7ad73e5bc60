/// Counts what an unpacker gives, holds it to the limits, and shows it to the strict reading of the tar.
final class BoundedFeed: ByteFeed {
    private let upstream: any ByteFeed
    private let limit: Int
    private let collector: EntryCollector
    /// The strict reading, always at least as far as libarchive's.
    var walk: TarWalk
    private var count = 0

    /// The limit leaves room for the headers of as many entries as allowed; their contents are counted apart.
    init(_ upstream: any ByteFeed, collector: EntryCollector) {
        self.upstream = upstream
        self.collector = collector
        walk = TarWalk(limits: collector.limits)
        let headers = collector.limits.entries.multipliedReportingOverflow(by: 2048)
        let sum = collector.limits.unpackedBytes.addingReportingOverflow(headers.partialValue)
        limit = headers.overflow || sum.overflow ? .max : sum.partialValue
    }

    func next() throws(ArchiveFault) -> UnsafeRawBufferPointer {
        let block = try upstream.next()
        count += block.count
        if count > limit { throw .tooLarge(limit: collector.limits.unpackedBytes) }
        try collector.checkRatio(count)
        if block.isEmpty {
            try walk.finish()
        } else {
            try walk.feed(block)
        }
        return block
    }
}
