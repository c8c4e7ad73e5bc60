import Blobs
import Persistence
import RegistryModel

/// Gives the room of what nobody needs back: blobs without a file, files of long removed releases, unfinished uploads.
///
/// A blob goes in two steps, a grace period apart: it is discarded, then erased. Nothing needed is ever erased, whatever
/// runs beside it, on this node or on another:
///
/// 1. Young blobs stay. A publish makes its blob young before its transaction begins, so one that takes less time than the
///    grace period never meets the collector.
/// 2. A blob is discarded first and the database asked afterwards; what turns out to be needed is put back. A publish looks
///    for its blob after its transaction. One of the two sees the other, whatever the clocks say.
/// 3. Every run begins by putting back what is needed among the discarded, whatever happened to the run before.
///
/// A removed release can be restored for some days; its files count as needed until a day after that.
package struct GarbageCollector: Sendable {
    private let core: RegistryCore
    private let policy: UnpublishPolicy

    /// Works on `core`; the policy says how long removed releases can be restored.
    package init(core: RegistryCore, policy: UnpublishPolicy) {
        self.core = core
        self.policy = policy
    }

    /// What a run did, or would do.
    package struct Report: Hashable, Sendable {
        /// Blobs that were looked at.
        package var examined: Int64 = 0
        /// Blobs that were moved away, and their bytes.
        package var discarded: Int64 = 0
        package var discardedBytes: Int64 = 0
        /// Discarded blobs that turned out to be needed.
        package var putBack: Int64 = 0
        /// Blobs whose room was given back, and their bytes.
        package var erased: Int64 = 0
        package var erasedBytes: Int64 = 0
        /// Uploads and copies that were never finished.
        package var unfinished: Int64 = 0
    }

    /// A day: longer than any upload or publish may take.
    package static let defaultGrace: Int64 = 86_400

    /// How many blobs are looked at with one statement.
    private static let batch = 256

    /// Looks at every blob once.
    ///
    /// - Parameters:
    ///   - grace: How many seconds a blob must have been left alone, before it is discarded and again before it is erased.
    ///   - isDryRun: Whether to change nothing and only count.
    ///   - observer: Told how many blobs have been looked at.
    /// - Returns: What was done.
    /// - Throws: What the database or the disk refuses; what was discarded without an answer is put back before.
    package func run(
        grace: Int64 = defaultGrace, isDryRun: Bool = false, observer: UpkeepObserver = { _ in }
    ) async throws -> Report {
        var report = Report()
        let now = core.clock.now()
        let old = now.advanced(bySeconds: -max(0, grace))
        try await settle(old, isDryRun, &report)
        var last: SHA256Digest?
        while true {
            try Task.checkCancellation()
            let page = try await core.keeper.list(after: last, limit: Self.batch)
            guard let final = page.last else { break }
            report.examined += Int64(page.count)
            for blobs in page.filter({ $0.touchedAt <= old }).chunked(Self.batch) {
                try await collect(Array(blobs), isDryRun, &report)
            }
            last = final.digest
            observer(UpkeepProgress("blobs looked at", done: report.examined, total: 0))
        }
        if !isDryRun {
            // Uploads and copies may be under way, whatever the grace period.
            let age = max(grace, Self.defaultGrace)
            report.unfinished += Int64(try await core.spool.sweep(olderThan: Int(age), now: now))
            report.unfinished += Int64(try await core.keeper.sweep(before: now.advanced(bySeconds: -age)))
        }
        return report
    }

    /// The newest time of a removal that cannot be undone any more, with a day for clocks that differ.
    static func removedBefore(_ policy: UnpublishPolicy, now: Timestamp) -> Timestamp {
        now.advanced(bySeconds: -(policy.restoreDays + 1) * 86_400)
    }

    private var removedBefore: Timestamp { Self.removedBefore(policy, now: core.clock.now()) }

    /// Decides about what was discarded before.
    private func settle(_ old: Timestamp, _ isDryRun: Bool, _ report: inout Report) async throws {
        let discarded = try await core.keeper.discarded()
        for blobs in discarded.chunked(Self.batch) {
            let needed = try await needed(Array(blobs))
            let back = blobs.filter { needed.contains($0.digest) }
            let gone = blobs.filter { !needed.contains($0.digest) && $0.touchedAt <= old }
            report.putBack += Int64(back.count)
            report.erased += Int64(gone.count)
            report.erasedBytes += gone.reduce(0) { $0 + $1.size }
            if isDryRun { continue }
            try await core.keeper.putBack(back.map(\.digest))
            try await core.keeper.erase(gone.map(\.digest))
        }
    }

    /// Discards those that nobody needs.
    private func collect(_ blobs: [StoredBlob], _ isDryRun: Bool, _ report: inout Report) async throws {
        guard !blobs.isEmpty else { return }
        let needed = try await needed(blobs)
        let candidates = blobs.filter { !needed.contains($0.digest) }
        guard !candidates.isEmpty else { return }
        var moved = Set(candidates.map(\.digest))
        if !isDryRun { moved = try await discard(candidates, &report) }
        report.discarded += Int64(moved.count)
        report.discardedBytes += candidates.reduce(0) { $0 + (moved.contains($1.digest) ? $1.size : 0) }
    }

    /// Moves blobs away and puts back what turns out to be needed.
    /// - Returns: Those that stay away.
    private func discard(_ blobs: [StoredBlob], _ report: inout Report) async throws -> Set<SHA256Digest> {
        let moved = try await core.keeper.discard(blobs, at: core.clock.now())
        let needed: Set<SHA256Digest>
        do {
            needed = try await core.driver.write { [removedBefore] connection in
                try BlobReferenceStore(connection).forget(moved, removedBefore: removedBefore)
            }
        } catch {
            // Without the database's answer all of them may be needed.
            try await core.keeper.putBack(moved)
            throw error
        }
        let back = moved.filter(needed.contains)
        try await core.keeper.putBack(back)
        report.putBack += Int64(back.count)
        return Set(moved).subtracting(needed)
    }

    private func needed(_ blobs: [StoredBlob]) async throws -> Set<SHA256Digest> {
        try await core.driver.read { [removedBefore] connection in
            try BlobReferenceStore(connection).needed(blobs.map(\.digest), removedBefore: removedBefore)
        }
    }
}
