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
        var stripes: [UInt64]
        var changes: UInt64 = 0
        var sweeps: UInt64 = 0
        var statistics = Statistics()
        var isTrusted = true

        func generation(of tag: ProjectCoordinates?) -> Generation {
            guard let tag else { return Generation(value: changes, sweep: sweeps) }
            return Generation(value: stripes[Self.stripe(of: tag, among: stripes.count)], sweep: sweeps)
        }

        static func stripe(of tag: ProjectCoordinates, among count: Int) -> Int {
            Int(UInt(bitPattern: tag.hashValue) % UInt(count))
        }
    }

    private let state: Mutex<State>

    /// Makes an empty cache.
    /// - Parameters:
    ///   - bytes: How much the documents may take, with an estimate for keys and header fields.
    ///   - absences: How many absent names are remembered.
    ///   - stripes: Into how many generations the tags are hashed.
    package init(bytes: Int, absences: Int = 20_000, stripes: Int = 8192) {
        state = Mutex(
            State(
                documents: BoundedLRU(capacity: bytes), absences: BoundedLRU(capacity: absences),
                stripes: Array(repeating: 0, count: max(1, stripes))))
    }

    /// What to compare with when the fill that begins now is done.
    ///
    /// A nil tag stands for every project.
    package func generation(of tag: ProjectCoordinates?) -> Generation {
        state.withLock { $0.generation(of: tag) }
    }

    /// Looks a key up.
    package func find(_ key: Key) -> Finding {
        state.withLock { state in
            guard state.isTrusted else {
                state.statistics.misses += 1
                return .nothing
            }
            if let entry = state.documents.value(for: key) {
                if entry.generation == state.generation(of: entry.tag) {
                    state.statistics.hits += 1
                    return .document(entry.value, entry.generation)
                }
                state.documents.remove(key)
            }
            let plain = Key(target: key.target, representation: key.representation, isCompressed: false)
            if let entry = state.absences.value(for: plain) {
                if entry.generation == state.generation(of: entry.tag) {
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
    package func insert(_ rendition: Rendition, for key: Key, tag: ProjectCoordinates?, filledAt generation: Generation)
    {
        state.withLock { state in
            guard generation == state.generation(of: tag), state.isTrusted else {
                state.statistics.lostRaces += 1
                return
            }
            let cost = rendition.cost + key.target.utf8.count + key.representation.utf8.count
            let entry = Entry(value: rendition, tag: tag, generation: generation)
            state.documents.set(entry, for: key, cost: cost)
            state.statistics.insertions += 1
        }
    }

    /// Remembers that nothing is there, unless the tag was invalidated since the fill began.
    package func insert(
        absence problem: Problem, for key: Key, tag: ProjectCoordinates?, filledAt generation: Generation
    ) {
        let key = Key(target: key.target, representation: key.representation, isCompressed: false)
        state.withLock { state in
            guard generation == state.generation(of: tag), state.isTrusted else {
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
        state.withLock { state in
            state.stripes[State.stripe(of: tag, among: state.stripes.count)] += 1
            state.changes += 1
            state.statistics.invalidations += 1
        }
    }

    /// Says whether changes that other nodes make are heard of.
    ///
    /// While they are not, nothing is answered from the cache and nothing enters it; both turns forget everything.
    package func setTrusted(_ isTrusted: Bool) {
        state.withLock { $0.isTrusted = isTrusted }
        removeAll()
    }

    /// Forgets everything, and fills that are under way do not get in.
    package func removeAll() {
        state.withLock { state in
            state.documents.removeAll()
            state.absences.removeAll()
            state.sweeps += 1
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
