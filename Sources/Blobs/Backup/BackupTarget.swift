package import RegistryModel

/// Where a backup or an export goes.
///
/// Every method blocks; run them on a pool.
package protocol BackupTarget: Sendable {
    /// Whether a file that was written can be replaced; otherwise everything is written once and in order.
    var isRewritable: Bool { get }

    /// Whether a file of that length is there already.
    func holds(_ path: String, length: Int64) throws -> Bool

    /// The content of a small file that is there already.
    func existing(_ path: String) throws -> [UInt8]?

    /// Adds a file; `path` is relative, of plain segments.
    func write(_ path: String, _ content: any ByteSource) throws

    /// Removes the folders in the folder `path` whose names are not in `names`.
    func keepOnly(_ names: Set<String>, in path: String) throws

    /// Makes everything durable, or sends what is left.
    func finish() throws
}

/// Where a backup comes from: files one after the other.
///
/// Every method blocks; run them on a pool.
package protocol BackupSource: Sendable {
    /// Whether files can be chosen; otherwise they come in the order in which they were written.
    var canChoose: Bool { get }

    /// Names files that should come next, in that order, where they can be chosen.
    func expect(_ paths: @escaping @Sendable () throws -> String?)

    /// Goes on to the next file; what was not read of the last one is skipped.
    func next() throws -> BackupEntry?
}

/// A file of a backup, to be read before the next one is asked for.
package struct BackupEntry: Sendable {
    package let path: String
    package let content: any ByteStream
}

/// Why a backup cannot be read or written.
package enum BackupFault: Error, Hashable, Sendable {
    /// It ends in the middle.
    case truncated
    /// Not what a backup looks like, at this byte of the stream.
    case malformed(offset: Int64)
    /// A file is not there.
    case missing(String)
}
