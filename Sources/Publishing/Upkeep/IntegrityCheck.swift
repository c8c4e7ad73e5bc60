import Blobs
import Formats
import Persistence
package import RegistryModel

/// Something that a check of an instance has found.
package struct IntegrityFinding: Hashable, Sendable {
    /// The kind of finding, such as `blob-missing`.
    package let check: String
    /// What it is about.
    package let subject: String
    /// What is wrong, in words.
    package let detail: String
    /// Whether it is worth knowing and nothing is wrong.
    package let isNote: Bool

    init(_ check: String, _ subject: String, _ detail: String, isNote: Bool = false) {
        self.check = check
        self.subject = subject
        self.detail = detail
        self.isNote = isNote
    }

    /// The finding as JSON.
    package var json: JSONValue {
        [
            "kind": .string(isNote ? "note" : "finding"), "check": .string(check), "subject": .string(subject),
            "detail": .string(detail),
        ]
    }
}

/// Compares everything that is stored with everything that is known about it.
///
/// Rows are held against each other, every needed blob is read again and hashed, and what nobody refers to is noted. The
/// place that was reached is kept in the settings, so that a check that was broken off goes on where it stopped.
package struct IntegrityCheck: Sendable {
    private let core: RegistryCore
    private let policy: UnpublishPolicy
    private let saveInterval: Duration

    /// Checks `core`; the policy says how long removed releases need their blobs.
    ///
    /// The place that was reached is not kept more often than every `saveInterval`: on SQLite each write makes a serving
    /// process forget what it has cached.
    package init(core: RegistryCore, policy: UnpublishPolicy, saveInterval: Duration = .seconds(30)) {
        self.core = core
        self.policy = policy
        self.saveInterval = saveInterval
    }

    /// What a check came to.
    package struct Summary: Hashable, Sendable {
        package var schema: Int64 = 0
        package var files: Int64 = 0
        package var bytes: Int64 = 0
        package var findings: Int64 = 0
        package var notes: Int64 = 0
        /// Whether it went on where another one had stopped.
        package var isResumed = false

        /// The summary as JSON.
        package var json: JSONValue {
            [
                "kind": "summary", "schema": .integer(schema), "files": .integer(files), "bytes": .integer(bytes),
                "findings": .integer(findings), "notes": .integer(notes), "resumed": .bool(isResumed),
                "clean": .bool(findings == 0),
            ]
        }
    }

    /// The setting that holds the place that was reached.
    static let cursor = "verify-cursor"
    /// How many findings one check of rows may report.
    private static let rowLimit = 1000
    /// How many projects are held against all their releases in one read.
    private static let projectsAtOnce = 100
    private static let batch = 32

    /// Runs every check.
    ///
    /// - Parameters:
    ///   - restarts: Whether to begin anew although a check was broken off.
    ///   - since: Where given, only files received since then are read.
    ///   - observer: Told how many bytes have been read.
    ///   - report: Told each finding.
    /// - Returns: How much was checked and found.
    /// - Throws: What the database refuses; the next run goes on from there.
    package func run(
        restarts: Bool = false, since: Timestamp? = nil, observer: UpkeepObserver = { _ in },
        report: @escaping @Sendable (IntegrityFinding) -> Void
    ) async throws -> Summary {
        var run = Run(report: report)
        run.summary.schema = try await core.driver.read { try IntegrityStore($0).schemaVersion() }
        let isWhole = since == nil
        if isWhole, !restarts, let saved = try await load() {
            run.summary = saved.summary
            run.summary.isResumed = true
            run.place = saved.place
        }
        // Blobs first: what was found among them before a check was broken off is counted, the rest is found again.
        try await checkBlobs(since, savesPlace: isWhole, &run, observer)
        try await checkRows(&run)
        try await findOrphans(&run)
        if isWhole { try await core.driver.write { try SettingStore($0).remove(Self.cursor) } }
        return run.summary
    }

    /// The state of one run.
    private struct Run {
        var summary = Summary()
        var place: StoredFilePosition?
        let report: @Sendable (IntegrityFinding) -> Void

        init(report: @escaping @Sendable (IntegrityFinding) -> Void) {
            self.report = report
        }

        mutating func note(_ finding: IntegrityFinding) {
            if finding.isNote { summary.notes += 1 } else { summary.findings += 1 }
            report(finding)
        }
    }

    private var removedBefore: Timestamp { GarbageCollector.removedBefore(policy, now: core.clock.now()) }
}

// Rows.
extension IntegrityCheck {
    private func checkRows(_ run: inout Run) async throws {
        for check in RowCheck.all(now: core.clock.now()) {
            let rows = try await core.driver.read { try IntegrityStore($0).find(check, limit: Self.rowLimit) }
            for row in rows {
                run.note(
                    IntegrityFinding(
                        check.name, "\(row.label) (row \(row.id))", check.explanation, isNote: check.isNote))
            }
        }
        for fault in try await core.driver.read({ try IntegrityStore($0).fileFaults() }) {
            run.note(IntegrityFinding("database-file", "the database", fault))
        }
        for row in try await core.driver.read({ try SearchIndex($0).missing(limit: Self.rowLimit) }) {
            run.note(IntegrityFinding("search", row.label, "the project is missing in the search index"))
        }
        try await checkShownVersions(&run)
    }

    /// Works out from all releases what each publish worked out from the release before.
    private func checkShownVersions(_ run: inout Run) async throws {
        var (last, found) = (Int64.min, 0)
        while found < Self.rowLimit {
            let page = try await core.driver.read { [last] in
                try IntegrityStore($0).shown(after: last, limit: Self.projectsAtOnce)
            }
            guard let end = page.last else { return }
            last = end.projectID
            for project in page {
                guard let format = core.formats[project.ecosystem] else { continue }
                let latest = ProjectChange.latest(of: project.live, tagged: project.tagged, format)
                let isRight =
                    project.version == latest?.version.display
                    && project.publishedAt == project.live.map(\.publishedAt).max()
                guard !isRight, found < Self.rowLimit else { continue }
                found += 1
                run.note(
                    IntegrityFinding(
                        "shown-version", "\(project.label) (row \(project.projectID))",
                        "the version that lists show, or its time, is not that of the newest live release"))
            }
        }
    }

    /// Blobs that nobody needs; young ones may belong to a publish that is under way.
    private func findOrphans(_ run: inout Run) async throws {
        let old = core.clock.now().advanced(bySeconds: -GarbageCollector.defaultGrace)
        var last: SHA256Digest?
        while true {
            let page = try await core.keeper.list(after: last, limit: 256)
            guard let final = page.last else { break }
            var needed: Set<SHA256Digest> = []
            for blobs in page.chunked(256) { needed.formUnion(try await self.needed(Array(blobs))) }
            for blob in page where !needed.contains(blob.digest) && blob.touchedAt <= old {
                run.note(
                    IntegrityFinding(
                        "blob-unneeded", blob.digest.hex, "no file needs this blob; 'hallmark admin gc' takes it",
                        isNote: true))
            }
            last = final.digest
        }
        let discarded = try await core.keeper.discarded()
        for page in discarded.chunked(256) {
            for digest in try await needed(Array(page)).sorted(by: { $0.hex < $1.hex }) {
                run.note(
                    IntegrityFinding(
                        "blob-discarded", digest.hex, "a file needs this blob; 'hallmark admin gc' puts it back"))
            }
        }
    }

    private func needed(_ blobs: [StoredBlob]) async throws -> Set<SHA256Digest> {
        try await core.driver.read { [removedBefore] connection in
            try BlobReferenceStore(connection).needed(blobs.map(\.digest), removedBefore: removedBefore)
        }
    }
}

// Blobs.
extension IntegrityCheck {
    private func checkBlobs(
        _ since: Timestamp?, savesPlace: Bool, _ run: inout Run, _ observer: UpkeepObserver
    ) async throws {
        let total = try await core.driver.read { [removedBefore, place = run.place] connection in
            try IntegrityStore(connection).totals(removedBefore: removedBefore, since: since, before: place)
        }
        var done = total.done
        var known: (file: StoredFile, digests: FileDigests)?
        var nextSave = ContinuousClock.now + saveInterval
        while true {
            try Task.checkCancellation()
            let page = try await core.driver.read { [removedBefore, place = run.place] connection in
                try IntegrityStore(connection).files(
                    after: place, removedBefore: removedBefore, since: since, limit: Self.batch)
            }
            guard let final = page.last else { return }
            for file in page {
                if known?.file.digests.sha256 != file.digests.sha256 {
                    known = try await read(file, &run).map { (file, $0) }
                }
                check(file, known?.digests, &run)
                run.summary.files += 1
                run.summary.bytes += file.size
                done += file.size
                observer(UpkeepProgress("bytes read", done: done, total: total.bytes))
            }
            run.place = StoredFilePosition(digest: final.digests.sha256, id: final.id)
            if savesPlace, ContinuousClock.now >= nextSave {
                try await save(run)
                nextSave = .now + saveInterval
            }
        }
    }

    /// Hashes a file's blob; nil, and a finding, where that cannot be done.
    private func read(_ file: StoredFile, _ run: inout Run) async throws -> FileDigests? {
        do {
            let source = try await core.blobs.open(file.digests.sha256, size: file.size)
            return try await core.inspectionPool.run {
                var hasher = FileHasher()
                let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
                defer { buffer.deallocate() }
                var offset = 0
                while offset < source.length {
                    let count = try source.read(at: offset, into: buffer)
                    if count == 0 { break }
                    hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                    offset += count
                }
                return hasher.finalize()
            }
        } catch let fault as BlobFault {
            run.note(Self.finding(fault, file))
        } catch let fault as DiskFault {
            run.note(IntegrityFinding("blob-unreadable", file.label, "the blob \(file.digests.sha256): \(fault)"))
        }
        return nil
    }

    private static func finding(_ fault: BlobFault, _ file: StoredFile) -> IntegrityFinding {
        let digest = file.digests.sha256
        if case .missing = fault {
            return IntegrityFinding("blob-missing", file.label, "the blob \(digest) is not there")
        }
        if case .wrongLength(_, let expected, let found) = fault {
            return IntegrityFinding(
                "blob-length", file.label, "the blob \(digest) has \(found) bytes instead of \(expected)")
        }
        return IntegrityFinding("blob-damaged", file.label, "the content of the blob \(digest) is not what was stored")
    }

    private func check(_ file: StoredFile, _ digests: FileDigests?, _ run: inout Run) {
        if let digests {
            if digests.sha256 != file.digests.sha256 {
                run.note(
                    IntegrityFinding(
                        "blob-damaged", file.label,
                        "the blob \(file.digests.sha256) has the content of \(digests.sha256)"))
            } else if digests != file.digests {
                run.note(
                    IntegrityFinding("file-digests", file.label, "a digest in the file's row is not of its content"))
            }
        }
        let found = file.metadata.map { SHA256Digest(hashing: $0) }
        if found != file.metadataDigest {
            run.note(
                IntegrityFinding(
                    "file-metadata", file.label, "the digest of the metadata document is not of its content"))
        }
    }
}

// The place that was reached.
extension IntegrityCheck {
    private func save(_ run: Run) async throws {
        guard let place = run.place else { return }
        let value: JSONValue = [
            "digest": .string(place.digest.hex), "id": .integer(place.id), "files": .integer(run.summary.files),
            "bytes": .integer(run.summary.bytes), "findings": .integer(run.summary.findings),
        ]
        try await core.driver.write { try SettingStore($0).put(Self.cursor, value.bytes()) }
    }

    private func load() async throws -> (summary: Summary, place: StoredFilePosition)? {
        guard let bytes = try await core.driver.read({ try SettingStore($0).find(Self.cursor) }),
            let value = try? JSONValue.parse(bytes),
            let digest = value["digest"]?.stringValue.flatMap({ SHA256Digest(hex: $0) }),
            let id = value["id"]?.integerValue
        else { return nil }
        var summary = Summary()
        summary.schema = try await core.driver.read { try IntegrityStore($0).schemaVersion() }
        summary.files = value["files"]?.integerValue ?? 0
        summary.bytes = value["bytes"]?.integerValue ?? 0
        summary.findings = value["findings"]?.integerValue ?? 0
        return (summary, StoredFilePosition(digest: digest, id: id))
    }
}
