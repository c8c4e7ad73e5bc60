package import Blobs
import Formats
package import Persistence
package import RegistryModel

/// Reads a backup into an instance that is being made.
///
/// It goes through these steps in order, and stops with an explanation at the first thing that is not as it should be:
/// ``open(_:)`` reads what the backup says about itself, ``receive(_:)`` takes in all files and compares every digest,
/// ``load(into:)`` writes all rows in one transaction, ``rebuildSearch(_:)`` makes what was left out.
package struct BackupReader: Sendable {
    /// What the backup says about itself.
    package let manifest: BackupManifest
    private let source: any BackupSource
    private let head: [UInt8]
    private let pool: BlockingPool

    /// Rows and keys, once everything has been received.
    package struct Content: Sendable {
        fileprivate let parts: [String: LineFile]
        /// The master key's file, where the backup has it.
        package let key: [UInt8]?
        /// Blobs that were missing already when the backup was made.
        package let missing: Set<SHA256Digest>
        package let blobs: Int64
        package let bytes: Int64
    }

    /// Reads the beginning of a backup.
    ///
    /// Throws ``Problem/Code/badRequest`` where it is none, or one of a newer schema than `known`.
    package static func open(_ source: any BackupSource, known: Int, pool: BlockingPool) async throws -> BackupReader {
        let beginning = Once([BackupManifest.path])
        source.expect { beginning.take() }
        let head = try await explained {
            try await pool.run { () -> [UInt8] in
                guard let entry = try source.next(), entry.path == BackupManifest.path else {
                    throw Problem(.badRequest, "This is not a backup: it does not begin with \(BackupManifest.path).")
                }
                return try entry.content.small()
            }
        }
        let manifest = try BackupManifest(head)
        guard manifest.schema <= known else {
            throw Problem(
                .badRequest,
                "The backup is of schema \(manifest.schema), and this hallmark knows schemas up to \(known). "
                    + "Restore it with the version that made it, or a newer one.")
        }
        return BackupReader(manifest: manifest, source: source, head: head, pool: pool)
    }

    /// Takes in every file of the backup: rows into passing files in `scratch`, blobs into `keeper`.
    package func receive(
        scratch: String, keeper: any BlobKeeper, observer: UpkeepObserver = { _ in }
    ) async throws -> Content {
        var state = Receiving()
        let key = manifest.hasKey ? [BackupManifest.keyPath] : []
        let paths = Once(key + manifest.tables.map(\.part.path) + [manifest.blobs.path])
        source.expect { paths.take() }
        while let entry = try await Self.explained({ try await pool.run { try source.next() } }) {
            try Task.checkCancellation()
            if let part = part(entry.path) {
                state.parts[entry.path] = try await receive(entry, part, scratch)
                if entry.path == manifest.blobs.path { try await expectBlobs(&state) }
            } else if entry.path.hasPrefix("blobs/") {
                try await receive(entry, into: keeper, &state)
                observer(UpkeepProgress("bytes restored", done: state.bytes, total: manifest.blobBytes))
            } else if entry.path == BackupManifest.keyPath, manifest.hasKey {
                state.key = try await small(entry)
            } else if entry.path == manifest.completionPath {
                state.missing = try completion(try await small(entry))
            }
        }
        guard let missing = state.missing, state.parts.count == manifest.tables.count + 1 else {
            throw Problem(
                .badRequest, "The backup is not complete: it ends before its last file. Nothing was restored from it.")
        }
        try await compare(state, missing, keeper)
        return Content(
            parts: state.parts, key: state.key, missing: missing, blobs: state.blobs, bytes: state.bytes)
    }

    private struct Receiving {
        var parts: [String: LineFile] = [:]
        var key: [UInt8]?
        var missing: Set<SHA256Digest>?
        var blobs: Int64 = 0
        var bytes: Int64 = 0
    }

    private func part(_ path: String) -> BackupManifest.Part? {
        path == manifest.blobs.path ? manifest.blobs : manifest.tables.first { $0.part.path == path }?.part
    }

    /// A file of rows, compared with what the manifest says of it.
    private func receive(
        _ entry: BackupEntry, _ part: BackupManifest.Part, _ scratch: String
    ) async throws -> LineFile {
        let file = try LineFile(in: scratch)
        let end = try await Self.explained {
            try await pool.run {
                let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
                defer { buffer.deallocate() }
                while case let count = try entry.content.read(into: buffer), count > 0 {
                    try file.append(raw: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                }
                return try file.finish()
            }
        }
        guard end.bytes == part.bytes, end.sha256 == part.sha256 else { throw Self.altered(entry.path) }
        return file
    }

    private func receive(_ entry: BackupEntry, into keeper: any BlobKeeper, _ state: inout Receiving) async throws {
        guard let name = entry.path.split(separator: "/").last, let digest = SHA256Digest(hex: String(name)),
            entry.path == BackupManifest.blobPath(digest.hex)
        else { throw Self.altered(entry.path) }
        do {
            try await Self.explained { try await keeper.add(digest, from: entry.content) }
        } catch is BlobFault {
            throw Self.altered(entry.path)
        }
        state.blobs += 1
        state.bytes += entry.content.length
    }

    /// From a folder the blobs are asked for by name; a missing one ends there, unless the backup says so itself.
    private func expectBlobs(_ state: inout Receiving) async throws {
        guard source.canChoose else { return }
        let completionPath = Once([manifest.completionPath])
        source.expect { completionPath.take() }
        guard let entry = try await Self.explained({ try await pool.run { try source.next() } }) else { return }
        let missing = try completion(try await small(entry))
        state.missing = missing
        let needed = try reader(state.parts[manifest.blobs.path])
        source.expect {
            while let line = try needed?.next() {
                guard let blob = NeededBlob(line) else { throw Self.altered("the list of blobs") }
                if !missing.contains(blob.digest) { return BackupManifest.blobPath(blob.digest.hex) }
            }
            return nil
        }
    }

    /// Whether every blob that the rows need has arrived, but for those that were missing before.
    private func compare(_ state: Receiving, _ missing: Set<SHA256Digest>, _ keeper: any BlobKeeper) async throws {
        guard let needed = try reader(state.parts[manifest.blobs.path]) else { return }
        while let line = try await pool.run({ try needed.next() }) {
            guard let blob = NeededBlob(line) else { throw Self.altered("the list of blobs") }
            if missing.contains(blob.digest) { continue }
            guard try await keeper.source(blob.digest)?.length == Int(blob.size) else {
                throw Problem(.badRequest, "The backup is not complete: the blob \(blob.digest) is not in it.")
            }
        }
    }

    private func completion(_ bytes: [UInt8]) throws -> Set<SHA256Digest> {
        guard let value = try? JSONValue.parse(bytes),
            value["manifest_sha256"]?.stringValue == SHA256Digest(hashing: head).hex,
            let missing = value["missing"]?.arrayValue
        else { throw Self.altered(BackupManifest.path) }
        return Set(missing.compactMap { $0.stringValue.flatMap { SHA256Digest(hex: $0) } })
    }

    private func small(_ entry: BackupEntry) async throws -> [UInt8] {
        try await Self.explained { try await pool.run { try entry.content.small() } }
    }

    private func reader(_ file: LineFile?) throws -> LineReader? {
        try file.map { LineReader(try $0.source()) }
    }
}

// Rows.
extension BackupReader {
    /// Writes all rows into an empty database of the manifest's schema, all or none.
    package func load(_ content: Content, into driver: any SQLDriver, without settings: Set<String> = []) async throws {
        let tables = try manifest.tables.map { table -> (BackupTable, [BackupTable.Column], LineFile, Int64) in
            guard let known = BackupTable.all.first(where: { $0.name == table.name }),
                let file = content.parts[table.part.path]
            else {
                throw Problem(
                    .badRequest, "The backup has the table '\(table.name)', which this version does not know.")
            }
            let columns = try table.columns.map { column in
                guard let found = known.columns.first(where: { $0.name == column.name }),
                    found.kind.rawValue == column.kind
                else {
                    throw Problem(
                        .badRequest,
                        "The backup's table '\(table.name)' has the column '\(column.name)', which this version does "
                            + "not know.")
                }
                return found
            }
            return (known, columns, file, table.part.rows)
        }
        let names = Set(tables.map(\.0.name))
        for table in BackupTable.all where table.since <= manifest.schema && !names.contains(table.name) {
            throw Self.altered(BackupManifest.path)
        }
        let order = BackupTable.all.map(\.name)
        let sorted = tables.sorted { (order.firstIndex(of: $0.0.name) ?? 0) < (order.firstIndex(of: $1.0.name) ?? 0) }
        try await driver.write { connection in
            let store = TableStore(connection)
            for (table, columns, file, rows) in sorted {
                guard try store.isEmpty(table) else {
                    throw Problem(.conflict, "The database is not empty: the table '\(table.name)' has rows.")
                }
                let lines = LineReader(try file.source())
                var count: Int64 = 0
                while let line = try lines.next() {
                    guard let row = try? JSONValue.parse(line, maximumBytes: .max, maximumDepth: 4) else {
                        throw Self.altered(table.name)
                    }
                    count += 1
                    if table.name == "settings", let name = row.arrayValue?.first?.stringValue,
                        settings.contains(name) || name == IntegrityCheck.cursor
                    {
                        continue
                    }
                    try store.load(table, columns, row)
                }
                guard count == rows else { throw Self.altered(table.name) }
            }
        }
    }

    /// Makes the search index from the projects' rows.
    package static func rebuildSearch(_ driver: any SQLDriver) async throws {
        var last: Int64? = .min
        while let after = last {
            last = try await driver.write { try SearchIndex($0).rebuild(after: after, limit: 200) }
        }
    }

    private static func altered(_ what: String) -> Problem {
        Problem(
            .badRequest,
            "The backup has been altered or damaged: \(what) is not what it was when the backup was made.")
    }

    private static func explained<T: Sendable>(_ work: () async throws -> T) async throws -> T {
        do {
            return try await work()
        } catch BackupFault.truncated {
            throw Problem(.badRequest, "The backup is not complete: it ends in the middle of a file.")
        } catch BackupFault.missing(let path) {
            throw Problem(.badRequest, "The backup is not complete: the file \(path) is not there.")
        } catch BackupFault.malformed(let offset) {
            throw Problem(.badRequest, "The backup is damaged: at byte \(offset) there is no file of a tar stream.")
        }
    }
}

extension ByteStream {
    /// All bytes of something that is not large.
    fileprivate func small() throws -> [UInt8] {
        guard length <= 64 << 20 else { throw BackupFault.malformed(offset: length) }
        var out = [UInt8](repeating: 0, count: Int(length))
        var filled = 0
        try out.withUnsafeMutableBytes { buffer in
            while filled < buffer.count {
                let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                if count == 0 { break }
                filled += count
            }
        }
        return Array(out.prefix(filled))
    }
}
