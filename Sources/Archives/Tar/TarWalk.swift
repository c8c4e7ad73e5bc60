/// A second, strict reading of a tar beside libarchive's, over the same bytes.
///
/// Tar readers differ on long names, sizes in extended headers, sparse files, lone zero blocks and content behind links;
/// a file hidden from one of them is visible to another. The walk follows the headers alone, accepts only what leaves no
/// choice, and its list must be the one that libarchive gives:
///
/// 1. Numbers are plain octal (or positive base 256) and the header's checksum is right.
/// 2. An extended header precedes an entry at most once, is well formed, and does not contradict the entry: a `size`
///    record must equal the header's, and a name is given in one place only.
/// 3. A global header may say nothing about names, sizes or character sets (git writes a comment there).
/// 4. Only regular files have content.
/// 5. The end is a block of zeros, and zeros only follow it.
struct TarWalk {
    /// What a header says about its entry.
    struct Record: Equatable {
        var name: [UInt8]
        var link: [UInt8]
        let type: UInt8
        let size: Int
    }

    private enum State {
        case header
        /// Content and padding that is passed over.
        case content(remaining: Int)
        /// The body of an extension header.
        case body(type: UInt8, size: Int, remaining: Int)
        case ended
    }

    /// The same bound as libarchive's.
    private static let maximumBody = 1 << 20
    private static let blockSize = 512

    private let limits: ArchiveLimits
    private var state = State.header
    private var pending: [UInt8] = []
    private var extensions = TarExtensions()
    private var records: [Record] = []
    private var taken = 0

    init(limits: ArchiveLimits) {
        self.limits = limits
    }

    /// The next record that libarchive's entry has to equal, or nil where the walk has seen none.
    mutating func takeRecord() -> Record? {
        guard taken < records.count else { return nil }
        defer {
            taken += 1
            if taken == 4096, taken < records.count {
                records.removeFirst(taken)
                taken = 0
            }
        }
        return records[taken]
    }

    /// Whether every record was taken.
    var isExhausted: Bool { taken == records.count }

    /// Follows the next bytes.
    mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(ArchiveFault) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .content(let remaining):
                let count = min(remaining, rest.count)
                rest = rest.dropFirst(count)
                state = count == remaining ? .header : .content(remaining: remaining - count)
            case .body(let type, let size, let remaining):
                let count = min(remaining, rest.count)
                pending.append(contentsOf: rest.prefix(count))
                rest = rest.dropFirst(count)
                state = .body(type: type, size: size, remaining: remaining - count)
                if count == remaining { try endBody(type: type, size: size) }
            case .header:
                let count = min(Self.blockSize - pending.count, rest.count)
                pending.append(contentsOf: rest.prefix(count))
                rest = rest.dropFirst(count)
                if pending.count == Self.blockSize { try endHeader() }
            case .ended:
                guard rest.allSatisfy({ $0 == 0 }) else { throw .trailingData }
                rest = rest.dropFirst(rest.count)
            }
        }
    }

    /// Requires that the end mark was seen.
    func finish() throws(ArchiveFault) {
        guard case .ended = state else {
            throw records.isEmpty ? .invalid(reason: "there is no whole tar header") : .truncated
        }
    }

    private mutating func endHeader() throws(ArchiveFault) {
        let block = pending
        pending = []
        if block.allSatisfy({ $0 == 0 }) {
            guard extensions.isEmpty else { throw .tar(.extendedHeader, path: nil) }
            state = .ended
            return
        }
        let header = try TarHeader(block)
        let (padded, overflow) = header.size.addingReportingOverflow(Self.blockSize - 1)
        guard !overflow else { throw .tooLarge(limit: limits.unpackedBytes) }
        let span = padded / Self.blockSize * Self.blockSize
        if TarExtensions.types.contains(header.type) {
            guard header.size <= Self.maximumBody else { throw .tar(.extendedHeader, path: nil) }
            state = .body(type: header.type, size: header.size, remaining: span)
            if span == 0 { try endBody(type: header.type, size: 0) }
            return
        }
        let record = try extensions.apply(to: header)
        extensions = TarExtensions()
        let path = String(decoding: record.name.prefix(80), as: UTF8.self)
        guard record.name.count <= limits.pathBytes else {
            throw .unsafePath(path: path, .tooLong(limit: limits.pathBytes))
        }
        guard record.link.count <= limits.pathBytes else {
            throw .unsafeLink(path: path, target: String(decoding: record.link.prefix(80), as: UTF8.self))
        }
        if record.size > 0, !record.isFile { throw .tar(.size, path: path) }
        records.append(record)
        state = span == 0 ? .header : .content(remaining: span)
    }

    private mutating func endBody(type: UInt8, size: Int) throws(ArchiveFault) {
        let body = pending.prefix(size)
        pending = []
        state = .header
        try extensions.add(body, type: type)
    }
}

extension TarWalk.Record {
    /// Whether it is a regular file, by either of its two marks.
    ///
    /// The older mark with a name that ends in a slash is a directory.
    var isFile: Bool {
        type == UInt8(ascii: "0") || (type == 0 && name.last != UInt8(ascii: "/"))
    }

    /// The kind libarchive must find, or nil for one that packages never have.
    var kind: ArchiveEntry.Kind? {
        let target = String(decoding: link, as: UTF8.self)
        return switch type {
        case UInt8(ascii: "0"): .file
        case 0: isFile ? .file : .directory
        case UInt8(ascii: "1"): .hardLink(target: target)
        case UInt8(ascii: "2"): .symbolicLink(target: target)
        case UInt8(ascii: "5"): .directory
        default: nil
        }
    }
}
