/// What an archive may ask of whoever opens it.
package struct ArchiveLimits: Hashable, Sendable {
    /// How many entries.
    package var entries: Int
    /// How many bytes all entries may have when unpacked.
    package var unpackedBytes: Int
    /// How many times larger than the archive they may be; archives under ``ratioFloor`` unpacked bytes are not held to it.
    package var ratio: Int
    /// Unpacked sizes up to this are never refused for their ratio.
    package var ratioFloor: Int
    /// How many components a path may have.
    package var pathDepth: Int
    /// How many bytes a path may have.
    package var pathBytes: Int
    /// How many bytes of one entry may be read into memory.
    package var entryBytesInMemory: Int
    /// Whether a zip's names beyond ASCII that were written on Unix without the mark for UTF-8 are taken for UTF-8.
    ///
    /// Info-ZIP's `zip`, which SwiftPM runs on Linux, writes them so, and its `unzip` reads them so. Readers that go by the
    /// specification alone see code page 437 in them.
    package var takesUnmarkedNames = false

    /// The defaults of the contract: 100,000 entries, ratio 100.
    package init(
        entries: Int = 100_000, unpackedBytes: Int = 4 << 30, ratio: Int = 100, ratioFloor: Int = 1 << 20,
        pathDepth: Int = 64,
        pathBytes: Int = 1024, entryBytesInMemory: Int = 16 << 20
    ) {
        self.entries = entries
        self.unpackedBytes = unpackedBytes
        self.ratio = ratio
        self.ratioFloor = ratioFloor
        self.pathDepth = pathDepth
        self.pathBytes = pathBytes
        self.entryBytesInMemory = entryBytesInMemory
    }
}
