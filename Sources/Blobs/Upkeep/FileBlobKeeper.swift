import Formats
import Glibc
package import RegistryModel

import struct Crypto.SHA256

/// Keeps the blobs of a ``FileBlobStore``.
///
/// Discarded blobs lie in the folder `.trash` beside the others, unfinished ones in `.incoming`; a move is a rename
/// within one file system. Folders are never removed: a publish may be about to use one.
package struct FileBlobKeeper: BlobKeeper {
    private let directory: String
    private let pool: BlockingPool

    /// Looks after the blobs in `directory`, which must exist.
    package init(directory: String, pool: BlockingPool) {
        self.directory = directory
        self.pool = pool
    }

    package func touch(_ digest: SHA256Digest, at time: Timestamp) async throws -> Bool {
        try await pool.run { [self] in try stamp(path(digest), time) }
    }

    package func confirm(_ content: SpooledContent) async throws {
        let digest = content.digests.sha256
        try await pool.run { [self] in
            if try Self.length(path(digest)) == Int64(content.length) { return }
            try makeFolders(digest)
            if rename(trash(digest), path(digest)) == 0, try Self.length(path(digest)) == Int64(content.length) {
                return try FileDescriptor.synchronizeDirectory(folder(digest))
            }
            try write(digest, SourceStream(content))
        }
    }

    package func list(after digest: SHA256Digest?, limit: Int) async throws -> [StoredBlob] {
        try await pool.run { [self] in
            var found: [StoredBlob] = []
            let start = digest?.hex ?? ""
            for outer in try Self.names(directory, length: 2) where outer >= start.prefix(2) {
                for inner in try Self.names("\(directory)/\(outer)", length: 2) where outer + inner >= start.prefix(4) {
                    let folder = "\(directory)/\(outer)/\(inner)"
                    let names = try Self.names(folder, length: 64)
                    found += try names.filter { $0 > start && $0.hasPrefix(outer + inner) }
                        .compactMap { try Self.blob($0, in: folder) }
                    if found.count >= limit { return found }
                }
            }
            return found
        }
    }

    package func discard(_ blobs: [StoredBlob], at time: Timestamp) async throws -> [SHA256Digest] {
        try await pool.run { [self] in
            try DataDirectory.createFolder(trashFolder)
            return try blobs.filter { blob in
                // Stamped before it is moved: another collector must not take it for one that was discarded long ago.
                guard try Self.modified(path(blob.digest)) == blob.touchedAt, try stamp(path(blob.digest), time) else {
                    return false
                }
                guard rename(path(blob.digest), trash(blob.digest)) != 0 else { return true }
                guard errno == ENOENT else { throw DiskFault("rename") }
                return false
            }.map(\.digest)
        }
    }

    package func discarded() async throws -> [StoredBlob] {
        try await pool.run { [self] in
            try Self.names(trashFolder, length: 64).compactMap { try Self.blob($0, in: trashFolder) }
        }
    }

    package func putBack(_ digests: [SHA256Digest]) async throws {
        try await pool.run { [self] in
            for digest in digests {
                try makeFolders(digest)
                // A publish may have stored the same bytes again.
                let isThere = try Self.length(path(digest)) != nil
                let status = isThere ? unlink(trash(digest)) : rename(trash(digest), path(digest))
                guard status == 0 || errno == ENOENT else { throw DiskFault("rename") }
                try FileDescriptor.synchronizeDirectory(folder(digest))
            }
        }
    }

    package func erase(_ digests: [SHA256Digest]) async throws {
        try await pool.run { [self] in
            for digest in digests {
                guard unlink(trash(digest)) == 0 || errno == ENOENT else { throw DiskFault("unlink") }
            }
        }
    }

    package func sweep(before time: Timestamp) async throws -> Int {
        try await pool.run { [self] in
            let folders = [(incomingFolder, false), (trashFolder, true)]
            var removed = 0
            for (folder, keepsBlobs) in folders {
                for name in try Self.names(folder, length: nil) where !(keepsBlobs && Self.isDigest(name)) {
                    let path = "\(folder)/\(name)"
                    guard let modified = try Self.modified(path), modified < time else { continue }
                    if unlink(path) == 0 { removed += 1 }
                }
            }
            return removed
        }
    }

    package func source(_ digest: SHA256Digest) async throws -> (any ByteSource)? {
        try await pool.run { [self] in
            for path in [path(digest), trash(digest)] {
                do {
                    return try DiskFile(path)
                } catch let fault as DiskFault where fault.code == ENOENT {
                    continue
                }
            }
            return nil
        }
    }

    package func add(_ digest: SHA256Digest, from stream: any ByteStream) async throws {
        try await pool.run { [self] in
            try makeFolders(digest)
            try write(digest, stream)
        }
    }
}

// The files.
extension FileBlobKeeper {
    private var trashFolder: String { directory + "/.trash" }
    private var incomingFolder: String { directory + "/.incoming" }

    private func folder(_ digest: SHA256Digest) -> String {
        let hex = digest.hex
        return "\(directory)/\(hex.prefix(2))/\(hex.dropFirst(2).prefix(2))"
    }

    private func path(_ digest: SHA256Digest) -> String { folder(digest) + "/" + digest.hex }

    private func trash(_ digest: SHA256Digest) -> String { trashFolder + "/" + digest.hex }

    private func makeFolders(_ digest: SHA256Digest) throws {
        let outer = "\(directory)/\(digest.hex.prefix(2))"
        for (folder, parent) in [(outer, directory), (folder(digest), outer)] {
            try DataDirectory.createFolder(folder)
            try FileDescriptor.synchronizeDirectory(parent)
        }
    }

    /// Writes a blob under a passing name, compares its digest, and gives it its place.
    private func write(_ digest: SHA256Digest, _ stream: any ByteStream) throws {
        try DataDirectory.createFolder(incomingFolder)
        let temporary = "\(incomingFolder)/\(digest.hex).\(Hex.encode(SystemRandomSource().bytes(8)))"
        let file = try FileDescriptor(opening: temporary, O_WRONLY | O_CREAT | O_EXCL)
        defer { unlink(temporary) }
        var hasher = SHA256()
        var written: Int64 = 0
        try stream.forEachPiece { piece in
            hasher.update(bufferPointer: piece)
            try file.write(piece)
            written += Int64(piece.count)
        }
        guard written == stream.length, Array(hasher.finalize()) == digest.bytes else {
            throw BlobFault.wrongLength(digest, expected: stream.length, found: written)
        }
        try file.synchronize()
        guard rename(temporary, path(digest)) == 0 else { throw DiskFault("rename") }
        try FileDescriptor.synchronizeDirectory(folder(digest))
    }

    private func stamp(_ path: String, _ time: Timestamp) throws -> Bool {
        let stamp = timespec(
            tv_sec: Int(time.seconds), tv_nsec: Int(time.microseconds - time.seconds * 1_000_000) * 1000)
        var times = (stamp, stamp)
        let status = withUnsafeBytes(of: &times) { times in
            utimensat(AT_FDCWD, path, times.bindMemory(to: timespec.self).baseAddress, 0)
        }
        guard status != 0 else { return true }
        guard errno == ENOENT else { throw DiskFault("utimensat") }
        return false
    }

    private static func information(_ path: String) throws(DiskFault) -> stat? {
        var information = stat()
        if lstat(path, &information) == 0 { return information }
        guard errno == ENOENT else { throw DiskFault("lstat") }
        return nil
    }

    private static func length(_ path: String) throws -> Int64? {
        try information(path).map { Int64($0.st_size) }
    }

    private static func modified(_ path: String) throws -> Timestamp? {
        try information(path).map { information in
            let time = information.st_mtim
            return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
        }
    }

    private static func blob(_ name: String, in folder: String) throws -> StoredBlob? {
        let path = "\(folder)/\(name)"
        guard let digest = SHA256Digest(hex: name), digest.hex == name, let size = try length(path),
            let time = try modified(path)
        else { return nil }
        return StoredBlob(digest: digest, size: size, touchedAt: time)
    }

    private static func isDigest(_ name: String) -> Bool { SHA256Digest(hex: name)?.hex == name }

    private static func names(_ folder: String, length: Int?) throws -> [String] {
        try FolderListing.names(folder).filter { name in
            guard let length else { return true }
            return name.utf8.count == length && Hex.decode(name).map { Hex.encode($0) } == name
        }
    }
}
