import RegistryModel
import Synchronization

/// What this process found out about the contents of blobs, so that each is read and compared once and not at each read.
///
/// Bounded: the entries that were not used for the longest time go first, and their blobs are compared again.
final class BlobMemo: Sendable {
    /// What became of a comparison.
    enum Finding: Hashable, Sendable {
        /// The content has the digest it is kept under.
        case intact
        /// The content has another digest.
        case damaged
        /// The file is missing or has another length than the database says; found again at each read, and remembered
        /// only so that it is reported once.
        case reported
    }

    private struct Entry {
        let identity: FileIdentity?
        let finding: Finding
    }

    /// Two generations stand for an order by use: what is used moves to the young one, and when that has reached half of
    /// the capacity the old one is dropped.
    private struct State {
        var young: [SHA256Digest: Entry] = [:]
        var old: [SHA256Digest: Entry] = [:]
        var damaged = 0
    }

    private let state = Mutex(State())
    private let half: Int

    /// Remembers up to `capacity` blobs, each for about 150 bytes.
    init(capacity: Int = 65_536) {
        half = max(1, capacity / 2)
    }

    /// What was found when the file was as it is now; nil where nobody has looked.
    func finding(_ digest: SHA256Digest, _ identity: FileIdentity) -> Finding? {
        state.withLock { state in
            if let entry = state.young[digest] { return entry.identity == identity ? entry.finding : nil }
            guard let entry = state.old[digest], entry.identity == identity else { return nil }
            insert(entry, for: digest, &state)
            return entry.finding
        }
    }

    /// Remembers a finding about a file in that state; nil stands for a file that is missing.
    /// - Returns: Whether it is news.
    @discardableResult
    func note(_ finding: Finding, _ digest: SHA256Digest, _ identity: FileIdentity?) -> Bool {
        if finding == .intact, identity?.isSettled != true { return false }
        return state.withLock { state in
            let known = state.young[digest] ?? state.old[digest]
            if let known, known.identity == identity, known.finding == finding { return false }
            insert(Entry(identity: identity, finding: finding), for: digest, &state)
            if finding != .intact { state.damaged += 1 }
            return true
        }
    }

    /// How many files were found damaged or missing, each state of a file counted once.
    var damaged: Int { state.withLock(\.damaged) }

    private func insert(_ entry: Entry, for digest: SHA256Digest, _ state: inout State) {
        if state.young.count >= half, state.young[digest] == nil {
            state.old = state.young
            state.young = [:]
        }
        state.young[digest] = entry
        state.old[digest] = nil
    }
}
