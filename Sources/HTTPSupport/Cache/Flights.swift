import Synchronization

/// Lets one of many who need the same document at once make it.
///
/// The others wait until it is done and look into the cache again. What was not kept (it was private, it failed, its maker
/// went away, its project changed meanwhile) they make themselves, each of them: nobody is answered with the failure, or
/// with the document, of another. How many wait is bounded by how many connections there are.
final class Flights: Sendable {
    /// One document as of one state of its project: who asks after a change does not wait for what was begun before it.
    struct Key: Hashable, Sendable {
        let document: ResponseCache.Key
        let generation: ResponseCache.Generation
    }

    private let flights = Mutex<[Key: [CheckedContinuation<Void, Never>]]>([:])

    /// True for the one who is to make the document, and who has to call ``end(_:)`` afterwards, whatever happened.
    func begin(_ key: Key) -> Bool {
        flights.withLock { flights in
            guard flights[key] == nil else { return false }
            flights[key] = []
            return true
        }
    }

    /// Waits until nobody makes the document any more.
    func wait(for key: Key) async {
        await withCheckedContinuation { continuation in
            let isOver = flights.withLock { flights in
                guard flights[key] != nil else { return true }
                flights[key]?.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// The document is made, or will not be.
    func end(_ key: Key) {
        for waiting in flights.withLock({ $0.removeValue(forKey: key) }) ?? [] { waiting.resume() }
    }

    /// How many documents are being made.
    var count: Int { flights.withLock(\.count) }
}
