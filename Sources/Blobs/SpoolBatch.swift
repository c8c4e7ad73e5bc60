import RegistryModel

/// Several files on their way to the disk from one thread, as an archive is unpacked.
///
/// Blocking; call it off the event loops. What is not finished is gone with the object.
package final class SpoolBatch {
    private let spool: Spool
    private let limit: Int
    private var files: [String: OpenSpool] = [:]
    private var lengths: [String: Int] = [:]
    private var failure: (any Error)?

    /// Makes files in `spool`, each of which may grow to `limit` bytes.
    package init(_ spool: Spool, limit: Int) {
        self.spool = spool
        self.limit = limit
    }

    /// Appends bytes to the file of that name; after a fault nothing happens any more, and ``finish(_:)`` throws it.
    package func append(_ bytes: UnsafeRawBufferPointer, to name: String) {
        guard failure == nil else { return }
        do {
            let length = (lengths[name] ?? 0) + bytes.count
            guard length <= limit else {
                throw Problem(.tooLarge, "A file in the archive is larger than the limit of \(limit) bytes.")
            }
            lengths[name] = length
            try open(name).append(Array(bytes))
        } catch {
            failure = error
        }
    }

    /// Ends the files of those names, also of those without a byte: they are on disk (fsynced) and hashed.
    ///
    /// Throws `DiskFault`, and `Problem` with ``Problem/Code/tooLarge``.
    package func finish(_ names: [String]) throws -> [(name: String, content: SpooledContent)] {
        if let failure { throw failure }
        return try names.map { name in
            let file = try open(name)
            files[name] = nil
            return (name, try file.finish())
        }
    }

    private func open(_ name: String) throws -> OpenSpool {
        if let known = files[name] { return known }
        let file = try OpenSpool(path: spool.freshPath())
        files[name] = file
        return file
    }
}
