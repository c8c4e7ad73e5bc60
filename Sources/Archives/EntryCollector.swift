/// Gathers the entries of one archive and holds them to the limits while they stream by.
struct EntryCollector {
    let limits: ArchiveLimits
    let policy: ArchivePolicy
    /// The size of the archive itself, against which the ratio is taken.
    let packedBytes: Int
    /// Sees the content of every file as it is unpacked.
    let observe: ((ArchiveEntry, UnsafeRawBufferPointer) -> Void)?

    private(set) var entries: [ArchiveEntry] = []
    private(set) var kept: [String: [UInt8]] = [:]
    private(set) var unpackedBytes = 0
    private var namesRoot = false
    private var keptBytes = 0
    private var tree: EntryTree

    /// Starts with nothing.
    init(
        limits: ArchiveLimits, policy: ArchivePolicy, packedBytes: Int,
        observe: ((ArchiveEntry, UnsafeRawBufferPointer) -> Void)?
    ) {
        self.limits = limits
        self.policy = policy
        self.packedBytes = packedBytes
        self.observe = observe
        tree = EntryTree(foldsCase: policy != .neverUnpacked)
    }

    /// What was gathered.
    func contents() throws(ArchiveFault) -> ArchiveContents {
        if entries.isEmpty { throw .empty }
        return ArchiveContents(entries: entries, kept: kept, unpackedBytes: unpackedBytes, namesRoot: namesRoot)
    }

    /// Notes an entry for the archive's own root.
    mutating func noteRoot() { namesRoot = true }

    /// Checks that one more entry is allowed.
    func countEntry(seen: Int) throws(ArchiveFault) {
        guard seen <= limits.entries else { throw .tooManyEntries(limit: limits.entries) }
    }

    /// Adds an entry whose content is still to come.
    mutating func add(_ entry: ArchiveEntry, at path: EntryPath) throws(ArchiveFault) {
        try countEntry(seen: entries.count + 1)
        if path.hasTrailingSlash, entry.kind != .directory {
            throw .unsafePath(path: path.text, .trailingSlash)
        }
        switch entry.kind {
        case .file, .directory: break
        case .symbolicLink(let target):
            if policy != .linksInside { throw .forbiddenKind(path: path.text, .symbolicLink) }
            guard path.allowsLink(to: target) else { throw .unsafeLink(path: path.text, target: target) }
        case .hardLink(let target):
            if policy != .linksInside { throw .forbiddenKind(path: path.text, .hardLink) }
            let parsed = try EntryPath.parse(Array(target.utf8), dropsDotSlash: true, limits: limits)
            guard let parsed, tree.hasFile(at: parsed) else {
                throw .unsafeLink(path: path.text, target: target)
            }
        }
        try tree.insert(path, isDirectory: entry.kind == .directory, isFile: entry.kind == .file)
        entries.append(entry)
    }

    /// Counts a run of unpacked bytes.
    mutating func count(_ bytes: Int) throws(ArchiveFault) {
        unpackedBytes += bytes
        if unpackedBytes > limits.unpackedBytes { throw .tooLarge(limit: limits.unpackedBytes) }
        try checkRatio(unpackedBytes)
    }

    /// Refuses a total that is out of proportion to the archive.
    func checkRatio(_ total: Int) throws(ArchiveFault) {
        guard total > limits.ratioFloor else { return }
        let (allowed, overflow) = packedBytes.multipliedReportingOverflow(by: limits.ratio)
        if !overflow, total > allowed { throw .ratio(limit: limits.ratio) }
    }

    /// Reserves room for a file that is to be kept.
    ///
    /// One file may have ``ArchiveLimits/entryBytesInMemory``, all together four times that.
    mutating func reserve(_ entry: ArchiveEntry) throws(ArchiveFault) {
        let total = keptBytes.addingReportingOverflow(entry.size)
        guard entry.size <= limits.entryBytesInMemory, !total.overflow,
            total.partialValue / 4 <= limits.entryBytesInMemory
        else { throw .entryTooLarge(path: entry.path, limit: limits.entryBytesInMemory) }
        keptBytes = total.partialValue
    }

    /// Hands over the bytes of a file that was reserved.
    mutating func keep(_ bytes: [UInt8], of entry: ArchiveEntry) {
        kept[entry.path] = bytes
    }
}
