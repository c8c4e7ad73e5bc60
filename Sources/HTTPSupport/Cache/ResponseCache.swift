package import RegistryModel
import Synchronization

/// Ready index documents in memory, bounded in bytes; absent names too, bounded in number.
///
/// A fill reads the tag's generation, loads, renders, and inserts only if the generation is unchanged: a document that was
/// loaded before a publish and rendered after it never gets in. Generations are kept for a fixed number of stripes into
/// which tags are hashed, so that they take no room however many names are asked for; two projects that share a stripe
/// cost each other a miss, never a stale answer. Only what anonymous readers may see is put in.
package final class ResponseCache: Sendable {
    /// What one entry answers.
    package struct Key: Hashable, Sendable {
        /// The request target, exactly.
        package let target: String
        /// Which of the target's representations.
        package let representation: String
        /// Whether it is compressed.
        package let isCompressed: Bool

        /// Collects the parts.
        package init(target: String, representation: String, isCompressed: Bool) {
            self.target = target
            self.representation = representation
            self.isCompressed = isCompressed
        }
    }

    /// The state of a tag when a fill began.
    package struct Generation: Hashable, Sendable {
        fileprivate let value: UInt64
        fileprivate let sweep: UInt64
    }

    /// A tag's state that can be compared with the present one without a lock.
    struct Stamp: Sendable {
        fileprivate let count: Count
        fileprivate let generation: Generation
    }

    /// A number that only grows.
    fileprivate final class Count: Sendable {
        let value = Atomic<UInt64>(0)
    }

    /// What the cache knows about a key.
    package enum Finding: Sendable {
        /// The document.
        case document(Rendition, Generation)
        /// That there is none, with the words that say so.
        case absence(Problem)
        /// Nothing.
        case nothing
    }

    /// Counts for metrics.
    package struct Statistics: Hashable, Sendable {
        package var hits = 0
        package var misses = 0
        package var absenceHits = 0
        package var insertions = 0
        /// Fills that were dropped because their tag was invalidated meanwhile.
        package var lostRaces = 0
        package var evictions = 0
        package var invalidations = 0
        package var bytes = 0
        package var documents = 0
        package var absences = 0
    }

    private struct Entry<Value: Sendable>: Sendable {
        let value: Value
        let tag: ProjectCoordinates?
        let generation: Generation
    }

    private struct State {
        var documents: BoundedLRU<Key, Entry<Rendition>>
        var absences: BoundedLRU<Key, Entry<Problem>>
        var statistics = Statistics()
        var isTrusted = true
    }

    /// What is being made.
    let flights = Flights()
    private let state: Mutex<State>
    private let stripes: [Count]
    private let changes = Count()
    private let sweeps = Count()

    /// Makes an empty cache.
    /// - Parameters:
    ///   - bytes: How much the documents may take, with an estimate for keys and header fields.
    ///   - absences: How many absent names are remembered.
    ///   - stripes: Into how many generations the tags are hashed.
    package init(bytes: Int, absences: Int = 20_000, stripes: Int = 8192) {
        state = Mutex(
            State(
                documents: BoundedLRU(capacity: bytes), absences: BoundedLRU(capacity: absences)))
        self.stripes = (0..<max(1, stripes)).map { _ in Count() }
    }

    /// What to compare with when the fill that begins now is done.
    ///
    /// A nil tag stands for every project.
    package func generation(of tag: ProjectCoordinates?) -> Generation {
        Generation(
            value: count(of: tag).value.load(ordering: .sequentiallyConsistent),
            sweep: sweeps.value.load(ordering: .sequentiallyConsistent))
    }

    private func count(of tag: ProjectCoordinates?) -> Count {
        guard let tag else { return changes }
        return stripes[Int(UInt(bitPattern: tag.hashValue) % UInt(stripes.count))]
    }

    /// Looks a key up.
    package func find(_ key: Key) -> Finding {
        state.withLock { state in
            guard state.isTrusted else {
                state.statistics.misses += 1
                return .nothing
            }
            if let entry = state.documents.value(for: key) {
                if entry.generation == generation(of: entry.tag) {
                    state.statistics.hits += 1
                    return .document(entry.value, entry.generation)
                }
                state.documents.remove(key)
            }
            let plain = Key(target: key.target, representation: key.representation, isCompressed: false)
            if let entry = state.absences.value(for: plain) {
                if entry.generation == generation(of: entry.tag) {
                    state.statistics.absenceHits += 1
                    return .absence(entry.value)
                }
                state.absences.remove(plain)
            }
            state.statistics.misses += 1
            return .nothing
        }
    }

    /// Puts a document in, unless its tag was invalidated since the fill began.
    /// - Returns: Whether it is kept.
    @discardableResult
    package func insert(
        _ rendition: Rendition, for key: Key, tag: ProjectCoordinates?, filledAt generation: Generation
    ) -> Bool {
        state.withLock { state in
            guard generation == self.generation(of: tag), state.isTrusted else {
                state.statistics.lostRaces += 1
                return false
            }
            let cost = rendition.cost + key.target.utf8.count + key.representation.utf8.count
            let entry = Entry(value: rendition, tag: tag, generation: generation)
            state.documents.set(entry, for: key, cost: cost)
            state.statistics.insertions += 1
            return cost <= state.documents.capacity
        }
    }

    /// Remembers that nothing is there, unless the tag was invalidated since the fill began.
    package func insert(
        absence problem: Problem, for key: Key, tag: ProjectCoordinates?, filledAt generation: Generation
    ) {
        let key = Key(target: key.target, representation: key.representation, isCompressed: false)
        state.withLock { state in
            guard generation == self.generation(of: tag), state.isTrusted else {
                state.statistics.lostRaces += 1
                return
            }
            state.absences.set(Entry(value: problem, tag: tag, generation: generation), for: key, cost: 1)
        }
    }

    /// Makes everything that shows this project out of date.
    ///
    /// Documents without a tag go with every project.
    package func invalidate(_ tag: ProjectCoordinates) {
        // The count of all changes first: see `Stamp`'s maker for files.
        changes.value.wrappingAdd(1, ordering: .sequentiallyConsistent)
        count(of: tag).value.wrappingAdd(1, ordering: .sequentiallyConsistent)
        state.withLock { $0.statistics.invalidations += 1 }
    }

    /// Says whether changes that other nodes make are heard of.
    ///
    /// While they are not, nothing is answered from the cache and nothing enters it; both turns forget everything.
    package func setTrusted(_ isTrusted: Bool) {
        state.withLock { $0.isTrusted = isTrusted }
        removeAll()
    }

    /// Whether changes that other nodes make are heard of; whoever keeps anything by generation must not use it otherwise.
    package var isTrusted: Bool { state.withLock(\.isTrusted) }

    /// Forgets everything, and fills that are under way do not get in.
    package func removeAll() {
        state.withLock { state in
            sweeps.value.wrappingAdd(1, ordering: .sequentiallyConsistent)
            state.documents.removeAll()
            state.absences.removeAll()
        }
    }

    /// Counts since the start, and what is kept now.
    package var statistics: Statistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.evictions = state.documents.evictions
            statistics.bytes = state.documents.cost
            statistics.documents = state.documents.count
            statistics.absences = state.absences.count
            return statistics
        }
    }
}

// MARK: - For the lane

extension ResponseCache {
    /// The whole cache's state when a request began.
    struct Moment: Sendable {
        fileprivate let changes: UInt64
        fileprivate let sweep: UInt64
    }

    /// To be taken before anything is looked up.
    var moment: Moment {
        Moment(
            changes: changes.value.load(ordering: .sequentiallyConsistent),
            sweep: sweeps.value.load(ordering: .sequentiallyConsistent))
    }

    /// The stamp of what was put in or found with a generation.
    func stamp(of tag: ProjectCoordinates?, at generation: Generation) -> Stamp {
        Stamp(count: count(of: tag), generation: generation)
    }

    /// The stamp of something that was looked up after `moment`; nil where anything changed since, or changes are not heard
    /// of.
    ///
    /// An invalidation raises the count of all changes before that of its tag. So where the tag's count read here is the
    /// raised one, the other, which is read after it, differs from the moment's.
    func stamp(of tag: ProjectCoordinates?, since moment: Moment) -> Stamp? {
        let stamp = Stamp(count: count(of: tag), generation: generation(of: tag))
        let now = self.moment
        guard now.changes == moment.changes, now.sweep == moment.sweep, stamp.generation.sweep == moment.sweep,
            state.withLock(\.isTrusted)
        else { return nil }
        return stamp
    }

    /// Whether nothing was invalidated since.
    ///
    /// Two loads, no lock.
    @inline(__always)
    func isCurrent(_ stamp: Stamp) -> Bool {
        stamp.count.value.load(ordering: .acquiring) == stamp.generation.value
            && sweeps.value.load(ordering: .acquiring) == stamp.generation.sweep
    }

    /// Whether a document is still kept; where `isUsed`, as the one used last.
    func keeps(_ key: Key, isUsed: Bool) -> Bool {
        state.withLock { isUsed ? $0.documents.value(for: key) != nil : $0.documents.contains(key) }
    }
}
