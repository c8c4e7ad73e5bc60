/// Counts what an unpacker gives, holds it to the limits, and remembers where its last non-zero byte was.
final class BoundedFeed: ByteFeed {
    private let upstream: any ByteFeed
    private let limit: Int
    private let collector: EntryCollector
    /// How many bytes went by.
    private(set) var count = 0
    /// The offset behind the last byte that was not zero.
    private(set) var contentEnd = 0

    /// The limit leaves room for the headers of as many entries as allowed; their contents are counted apart.
    init(_ upstream: any ByteFeed, collector: EntryCollector) {
        self.upstream = upstream
        self.collector = collector
        let headers = collector.limits.entries.multipliedReportingOverflow(by: 2048)
        let sum = collector.limits.unpackedBytes.addingReportingOverflow(headers.partialValue)
        limit = headers.overflow || sum.overflow ? .max : sum.partialValue
    }

    func next() throws(ArchiveFault) -> UnsafeRawBufferPointer {
        let block = try upstream.next()
        if let last = block.lastIndex(where: { $0 != 0 }) { contentEnd = count + last + 1 }
        count += block.count
        if count > limit { throw .tooLarge(limit: collector.limits.unpackedBytes) }
        try collector.checkRatio(count)
        return block
    }
}
