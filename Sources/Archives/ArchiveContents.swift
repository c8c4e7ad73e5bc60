/// What one pass over an archive found.
package struct ArchiveContents: Sendable {
    /// Every entry in the archive's order.
    package let entries: [ArchiveEntry]
    /// The bytes of the files that were asked for, by path.
    package let kept: [String: [UInt8]]
    /// How many bytes all files have, counted while they were unpacked.
    package let unpackedBytes: Int
    /// Whether the archive names its own root (`./`), which is among no entries.
    package let namesRoot: Bool

    /// Collects a pass.
    package init(
        entries: [ArchiveEntry], kept: [String: [UInt8]], unpackedBytes: Int, namesRoot: Bool = false
    ) {
        self.entries = entries
        self.kept = kept
        self.unpackedBytes = unpackedBytes
        self.namesRoot = namesRoot
    }
}
