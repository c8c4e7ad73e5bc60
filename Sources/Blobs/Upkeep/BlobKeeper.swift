package import RegistryModel

/// A blob as it lies in the store.
package struct StoredBlob: Hashable, Sendable {
    package let digest: SHA256Digest
    package let size: Int64
    /// When it was stored or last used by a publish; for one that was discarded, when that happened.
    package let touchedAt: Timestamp

    /// Collects what is known.
    package init(digest: SHA256Digest, size: Int64, touchedAt: Timestamp) {
        self.digest = digest
        self.size = size
        self.touchedAt = touchedAt
    }
}

/// What keeps a store of blobs free of what nobody needs, and safe from whoever does that.
///
/// A blob that nobody refers to is *discarded*: moved out of readers' sight in one step, from where it can be put back.
/// Only later is it erased. A publish protects its blob from both sides of its transaction:
///
/// - ``touch(_:at:)`` before it makes the blob young, and the collector leaves young blobs alone;
/// - ``confirm(_:)`` after it looks whether the blob is still in its place and puts it there if it is not. The collector
///   discards first and looks at the database afterwards. So whichever way the two meet, either the collector sees the
///   publish's row and puts the blob back, or the publish sees that the blob has gone. No clock decides that.
package protocol BlobKeeper: Sendable {
    /// Makes a blob young.
    /// - Returns: Whether it is there.
    func touch(_ digest: SHA256Digest, at time: Timestamp) async throws -> Bool

    /// Puts a blob into its place unless it is there; durable on return.
    func confirm(_ content: SpooledContent) async throws

    /// Blobs in the order of their digests, after `digest`; at least one unless there are no more, and about `limit`.
    func list(after digest: SHA256Digest?, limit: Int) async throws -> [StoredBlob]

    /// Moves blobs out of readers' sight and stamps them with `time`; one that was touched since it was listed stays.
    /// - Returns: Those that were moved.
    func discard(_ blobs: [StoredBlob], at time: Timestamp) async throws -> [SHA256Digest]

    /// What was discarded and not erased, in the order of the digests.
    func discarded() async throws -> [StoredBlob]

    /// Moves discarded blobs back to where readers see them; durable on return.
    func putBack(_ digests: [SHA256Digest]) async throws

    /// Gives the room of discarded blobs back.
    func erase(_ digests: [SHA256Digest]) async throws

    /// Removes unfinished files that nobody has written to since `time`.
    /// - Returns: How many.
    func sweep(before time: Timestamp) async throws -> Int

    /// Opens a blob wherever it is, also among the discarded ones; nil where it is in neither place.
    func source(_ digest: SHA256Digest) async throws -> (any ByteSource)?

    /// Stores a blob read from elsewhere, if its content has that digest; durable on return.
    ///
    /// Throws ``BlobFault/wrongLength(_:expected:found:)`` where it has not.
    func add(_ digest: SHA256Digest, from stream: any ByteStream) async throws
}

/// Bytes that come one after the other.
package protocol ByteStream: Sendable {
    /// How many there are in all.
    var length: Int64 { get }

    /// Reads the next bytes; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}
