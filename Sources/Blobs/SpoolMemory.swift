import Synchronization

/// How many bytes the small files of all batches have in memory together.
final class SpoolMemory: Sendable {
    private let free: Mutex<Int>

    /// Gives away at most so many.
    init(limit: Int) {
        free = Mutex(limit)
    }

    fileprivate func take(_ count: Int) -> Bool {
        free.withLock { free in
            guard count <= free else { return false }
            free -= count
            return true
        }
    }

    fileprivate func give(_ count: Int) {
        free.withLock { $0 += count }
    }
}

/// What one batch has of it; given back when nothing of the batch is in memory any more.
final class SpoolLease: Sendable {
    private let memory: SpoolMemory
    private let limit: Int
    private let taken = Mutex(0)

    /// Takes at most `limit` bytes at a time.
    init(of memory: SpoolMemory, limit: Int) {
        self.memory = memory
        self.limit = limit
    }

    deinit {
        memory.give(taken.withLock { $0 })
    }

    /// Takes more bytes, if they are to be had.
    func take(_ count: Int) -> Bool {
        taken.withLock { taken in
            guard taken + count <= limit, memory.take(count) else { return false }
            taken += count
            return true
        }
    }

    /// Gives bytes back.
    func give(_ count: Int) {
        taken.withLock { $0 -= count }
        memory.give(count)
    }
}
