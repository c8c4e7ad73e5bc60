package import Blobs
import Formats
import Persistence
package import RegistryModel

/// Writes everything that an instance holds: first its rows as they were at one moment, then the blobs that they need.
///
/// The form is the same for both databases: JSON lines for each table, described by `backup.json`. The rows are read in one
/// transaction, so they agree with each other while the instance goes on serving; a blob never changes, and one that is
/// needed stays. What a newer backup shares with an older one in the same folder is not copied again.
package struct BackupWriter: Sendable {
    private let core: RegistryCore
    private let policy: UnpublishPolicy
    private let scratch: String

    /// Works on `core`; passing files lie in the folder `scratch`.
    package init(core: RegistryCore, policy: UnpublishPolicy, scratch: String) {
        self.core = core
        self.policy = policy
        self.scratch = scratch
    }

    /// What was written.
    package struct Report: Sendable {
        package let snapshot: String
        package let schema: Int64
        package var rows: Int64 = 0
        package var blobs: Int64 = 0
        package var bytes: Int64 = 0
        /// Blobs that were there already.
        package var reused: Int64 = 0
        /// Blobs that are missing or damaged and therefore not in the backup.
        package var missing: [SHA256Digest] = []

        init(snapshot: String, schema: Int64) {
            self.snapshot = snapshot
            self.schema = schema
        }
    }

    /// Writes a backup.
    ///
    /// - Parameters:
    ///   - target: Where it goes.
    ///   - key: The master key's file, where it is to be a part of the backup.
    ///   - observer: Told how many bytes of blobs have been copied.
    /// - Returns: What was written; with blobs missing the rest is complete.
    /// - Throws: What the database, the disk or the target refuses; an older backup in the same folder stays valid.
    package func run(
        to target: any BackupTarget, key: [UInt8]?, observer: UpkeepObserver = { _ in }
    ) async throws -> Report {
        let now = core.clock.now()
        let stamp = now.rfc3339(.seconds).filter { $0 != "-" && $0 != ":" }
        let snapshot = "\(stamp)-\(Hex.encode(SystemRandomSource().bytes(4)))"
        let (manifest, parts, needed) = try await dump(snapshot, now, hasKey: key != nil)
        let head = MemoryByteSource(manifest.bytes)
        var report = Report(snapshot: snapshot, schema: manifest.schema)
        report.rows = manifest.tables.reduce(0) { $0 + $1.part.rows }
        try await core.inspectionPool.run {
            if !target.isRewritable { try target.write(BackupManifest.path, head) }
            for (table, part) in zip(manifest.tables, parts) { try target.write(table.part.path, try part.source()) }
            try target.write(manifest.blobs.path, try needed.source())
            if let key { try target.write(BackupManifest.keyPath, MemoryByteSource(key)) }
        }
        try await copy(needed, manifest.blobBytes, to: target, &report, observer)
        let completion: JSONValue = [
            "snapshot": .string(snapshot), "manifest_sha256": .string(SHA256Digest(hashing: manifest.bytes).hex),
            "missing": .strings(report.missing.map(\.hex)),
        ]
        try await core.inspectionPool.run {
            try target.write(manifest.completionPath, MemoryByteSource(completion.bytes()))
            if target.isRewritable { try target.write(BackupManifest.path, head) }
            try target.keepOnly([snapshot], in: "database")
            try target.finish()
        }
        return report
    }

    /// Writes all rows of one moment into passing files.
    private func dump(
        _ snapshot: String, _ now: Timestamp, hasKey: Bool
    ) async throws -> (BackupManifest, [LineFile], LineFile) {
        let tables = BackupTable.all
        let files = try tables.map { _ in try LineFile(in: scratch) }
        let needed = try LineFile(in: scratch)
        let removedBefore = GarbageCollector.removedBefore(policy, now: now)
        let (schema, blobBytes) = try await core.driver.read { connection -> (Int64, Int64) in
            // The closure may run again after a lost connection.
            for file in files + [needed] { try file.restart() }
            for (table, file) in zip(tables, files) {
                try TableStore(connection).dump(table) { try file.append($0.bytes()) }
            }
            var last: SHA256Digest?
            var bytes: Int64 = 0
            while true {
                let page = try BlobReferenceStore(connection).list(
                    after: last, removedBefore: removedBefore, limit: 256)
                for blob in page {
                    try needed.append(JSONValue.array([.string(blob.digest.hex), .integer(blob.size)]).bytes())
                    bytes += blob.size
                }
                guard let final = page.last else { break }
                last = final.digest
            }
            return (try IntegrityStore(connection).schemaVersion(), bytes)
        }
        let parts = try zip(tables, files).map { table, file in
            BackupManifest.Table(
                name: table.name, columns: table.columns.map { ($0.name, $0.kind.rawValue) },
                part: try Self.part("database/\(snapshot)/\(table.name).jsonl", file))
        }
        let manifest = BackupManifest(
            snapshot: snapshot, createdAt: now.rfc3339(), schema: schema, tables: parts,
            blobs: try Self.part("database/\(snapshot)/needed-blobs.jsonl", needed), blobBytes: blobBytes,
            hasKey: hasKey)
        return (manifest, files, needed)
    }

    private static func part(_ path: String, _ file: LineFile) throws -> BackupManifest.Part {
        let end = try file.finish()
        return BackupManifest.Part(path: path, rows: end.lines, bytes: end.bytes, sha256: end.sha256)
    }

    /// Copies the blobs of a list of digests and sizes.
    private func copy(
        _ needed: LineFile, _ total: Int64, to target: any BackupTarget, _ report: inout Report,
        _ observer: UpkeepObserver
    ) async throws {
        let lines = LineReader(try needed.source(), limit: 1 << 16)
        while let line = try await core.inspectionPool.run({ try lines.next() }) {
            try Task.checkCancellation()
            guard let blob = NeededBlob(line) else { continue }
            let path = BackupManifest.blobPath(blob.digest.hex)
            report.blobs += 1
            report.bytes += blob.size
            if try await core.inspectionPool.run({ try target.holds(path, length: blob.size) }) {
                report.reused += 1
            } else if let source = try await core.keeper.source(blob.digest),
                try await core.inspectionPool.run({ try Self.isWhole(source, blob) })
            {
                try await core.inspectionPool.run { try target.write(path, source) }
            } else {
                report.missing.append(blob.digest)
            }
            observer(UpkeepProgress("bytes copied", done: report.bytes, total: total))
        }
    }

    private static func isWhole(_ source: any ByteSource, _ blob: NeededBlob) throws -> Bool {
        guard Int64(source.length) == blob.size else { return false }
        return try ContentDigest.of(source) == blob.digest
    }
}

/// A line of the list of needed blobs.
struct NeededBlob: Sendable {
    let digest: SHA256Digest
    let size: Int64

    init?(_ line: [UInt8]) {
        guard let pair = (try? JSONValue.parse(line))?.arrayValue, pair.count == 2,
            let digest = pair[0].stringValue.flatMap({ SHA256Digest(hex: $0) }), let size = pair[1].integerValue
        else { return nil }
        self.digest = digest
        self.size = size
    }
}
