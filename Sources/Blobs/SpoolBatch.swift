import RegistryModel

/// Several files on their way to the disk from one thread, as an archive is unpacked.
///
/// Small ones stay in memory, as other small uploads do, as far as there is any for them: an archive can hold a hundred times
/// what was sent. The others are written as they come. Blocking; call it off the event loops. What is not finished is gone
/// with the object.
package final class SpoolBatch {
    private let spool: Spool
    private let limit: Int
    private var files: [String: Part] = [:]
    private var failure: (any Error)?
    private let lease: SpoolLease

    /// The largest file that stays in memory.
    static let smallBytes = 64 << 10
    /// How many bytes of one batch stay in memory at most.
    static let heldBytes = 4 << 20

    /// Makes files in `spool`, each of which may grow to `limit` bytes.
    package init(_ spool: Spool, limit: Int) {
        self.spool = spool
        self.limit = limit
        lease = spool.lease(upTo: Self.heldBytes)
    }

    /// Appends bytes to the file of that name; after a fault nothing happens any more, and ``finish(_:)`` throws it.
    package func append(_ bytes: UnsafeRawBufferPointer, to name: String) {
        guard failure == nil else { return }
        do {
            try append(bytes, to: &files[name, default: Part()])
        } catch {
            failure = error
        }
    }

    /// Ends the files of those names, also of those without a byte: they are hashed, and on disk (fsynced) unless they stay
    /// in memory.
    ///
    /// Throws `DiskFault`, and `Problem` with ``Problem/Code/tooLarge``.
    package func finish(_ names: [String]) throws -> [(name: String, content: SpooledContent)] {
        if let failure { throw failure }
        return try names.map { name in
            let part = files.removeValue(forKey: name) ?? Part()
            if let file = part.file { return (name, try file.finish()) }
            return (name, SpooledContent(path: spool.freshPath(), bytes: part.bytes, lease: lease))
        }
    }

    /// One file, in memory or on disk.
    private struct Part {
        var bytes: [UInt8] = []
        var file: OpenSpool?
        var length = 0
    }

    private func append(_ bytes: UnsafeRawBufferPointer, to part: inout Part) throws {
        part.length += bytes.count
        guard part.length <= limit else {
            throw Problem(.tooLarge, "A file in the archive is larger than the limit of \(limit) bytes.")
        }
        if let file = part.file { return try file.append(Array(bytes)) }
        if part.length <= Self.smallBytes, lease.take(bytes.count) { return part.bytes.append(contentsOf: bytes) }
        let file = try spool.makeFile()
        part.file = file
        try file.append(part.bytes)
        lease.give(part.bytes.count)
        part.bytes = []
        try file.append(Array(bytes))
    }
}
