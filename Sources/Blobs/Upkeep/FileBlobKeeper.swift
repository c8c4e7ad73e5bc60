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
    private let folders: DurableFolders

    /// Looks after the blobs in `directory`, which must exist.
    package init(directory: String, pool: BlockingPool) {
        self.directory = directory
        self.pool = pool
        folders = DurableFolders(root: directory)
    }

    package func touch(_ digest: SHA256Digest, at time: Timestamp) async throws -> Bool {
        let place = place(digest)
        return try await pool.run { [self] in
            for path in [place.path, place.earlier, place.path] where try stamp(path, time) { return true }
            return false
        }
    }

    package func confirm(_ content: SpooledContent) async throws {
        let digest = content.digests.sha256
        let place = place(digest)
        // The rows may be there already, so that it cannot be refused any more.
        try await pool.proceed { [self] in
            // Only here: a store leaves nothing at the earlier path.
            if try Self.length(place.path) == Int64(content.length) { return }
            try folders.make(place.folderName, isGone: true)
            if rename(trash(digest), place.path) == 0, try Self.length(place.path) == Int64(content.length) {
                return try FileDescriptor.synchronizeDirectory(place.folder)
            }
            try write(digest, SourceStream(content))
        }
    }

    package func list(after digest: SHA256Digest?, limit: Int) async throws -> [StoredBlob] {
        try await pool.run { [self] in
            var found: [StoredBlob] = []
            let start = digest?.hex ?? ""
            for outer in try Self.names(directory, lengths: [2]) where outer >= start.prefix(2) {
                found += try list("\(directory)/\(outer)", outer, after: start)
                if found.count >= limit { return found }
            }
            return found
        }
    }

    /// Everything in one of the 256 folders, and in those that the earlier layout had inside of it.
    private func list(_ folder: String, _ outer: String, after start: String) throws -> [StoredBlob] {
        var blobs: [StoredBlob] = []
        var inners: [String] = []
        for name in try Self.names(folder, lengths: [2, 64]) {
            if name.utf8.count == 2 {
                inners.append(name)
            } else if name > start, name.hasPrefix(outer), let blob = try Self.blob(name, in: folder) {
                blobs.append(blob)
            }
        }
        let known = Set(blobs.map(\.digest))
        for inner in inners where outer + inner >= start.prefix(4) {
            let folder = "\(folder)/\(inner)"
            for name in try Self.names(folder, lengths: [64]) where name > start && name.hasPrefix(outer + inner) {
                guard let blob = try Self.blob(name, in: folder), !known.contains(blob.digest) else { continue }
                blobs.append(blob)
            }
        }
        return inners.isEmpty ? blobs : blobs.sorted { $0.digest.hex < $1.digest.hex }
    }

    package func discard(_ blobs: [StoredBlob], at time: Timestamp) async throws -> [SHA256Digest] {
        try await pool.run { [self] in
            try DataDirectory.createFolder(trashFolder)
            return try blobs.filter { blob in
                let place = place(blob.digest)
                // Stamped before it is moved: another collector must not take it for one that was discarded long ago.
                guard let (path, isEarlier, information) = try place.find(),
                    Self.modified(information) == blob.touchedAt, try stamp(path, time)
                else { return false }
                // A crash can have left it at both paths; nobody may find it at the other one when it has gone from this.
                if !isEarlier { unlink(place.earlier) }
                guard rename(path, trash(blob.digest)) != 0 else { return true }
                guard errno == ENOENT else { throw DiskFault("rename") }
                return false
            }.map(\.digest)
        }
    }

    package func discarded() async throws -> [StoredBlob] {
        try await pool.run { [self] in
            try Self.names(trashFolder, lengths: [64]).compactMap { try Self.blob($0, in: trashFolder) }
        }
    }

    package func putBack(_ digests: [SHA256Digest]) async throws {
        try await pool.run { [self] in
            for digest in digests {
                let place = place(digest)
                try folders.make(place.folderName, isGone: true)
                // A publish may have stored the same bytes again.
                let isThere = try place.find() != nil
                let status = isThere ? unlink(trash(digest)) : rename(trash(digest), place.path)
                guard status == 0 || errno == ENOENT else { throw DiskFault("rename") }
                try FileDescriptor.synchronizeDirectory(place.folder)
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
                for name in try FolderListing.names(folder) where !(keepsBlobs && Self.isDigest(name)) {
                    let path = "\(folder)/\(name)"
                    guard let information = try BlobPlace.information(path), Self.modified(information) < time else {
                        continue
                    }
                    if unlink(path) == 0 { removed += 1 }
                }
            }
            return removed
        }
    }

    package func source(_ digest: SHA256Digest) async throws -> (any ByteSource)? {
        let place = place(digest)
        return try await pool.run { [self] in
            // The last again: it may be put back between the looks.
            for path in [place.path, place.earlier, trash(digest), place.path] {
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
            try folders.make(place(digest).folderName)
            try write(digest, stream)
        }
    }
}

// The files.
extension FileBlobKeeper {
    private var trashFolder: String { directory + "/.trash" }
    private var incomingFolder: String { directory + "/.incoming" }

    private func place(_ digest: SHA256Digest) -> BlobPlace { BlobPlace(digest, in: directory) }

    private func trash(_ digest: SHA256Digest) -> String { trashFolder + "/" + digest.hex }

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
        let place = place(digest)
        guard rename(temporary, place.path) == 0 else { throw DiskFault("rename") }
        try FileDescriptor.synchronizeDirectory(place.folder)
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

    private static func length(_ path: String) throws -> Int64? {
        try BlobPlace.information(path).map { Int64($0.st_size) }
    }

    private static func modified(_ information: stat) -> Timestamp {
        let time = information.st_mtim
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    private static func blob(_ name: String, in folder: String) throws -> StoredBlob? {
        guard let digest = SHA256Digest(hex: name), digest.hex == name,
            let information = try BlobPlace.information("\(folder)/\(name)")
        else { return nil }
        return StoredBlob(digest: digest, size: Int64(information.st_size), touchedAt: modified(information))
    }

    private static func isDigest(_ name: String) -> Bool { SHA256Digest(hex: name)?.hex == name }

    /// The names of so many digits.
    private static func names(_ folder: String, lengths: Set<Int>) throws -> [String] {
        try FolderListing.names(folder).filter { name in
            lengths.contains(name.utf8.count) && Hex.decode(name).map { Hex.encode($0) } == name
        }
    }
}
