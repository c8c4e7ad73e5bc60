import Blobs
import Dispatch
import Glibc
import HallmarkTesting
import RegistryModel
import Synchronization
import Testing

@Suite("A pool of threads for what blocks", .timeLimit(.minutes(10)))
struct BlockingPoolTests {
    private struct Oddity: Error, Equatable {}

    /// How many are inside at once.
    private final class Tally: Sendable {
        private let counts = Mutex((now: 0, most: 0))

        var most: Int { counts.withLock { $0.most } }

        func enter() {
            counts.withLock { counts in
                counts.now += 1
                counts.most = max(counts.most, counts.now)
            }
        }

        func leave() { counts.withLock { $0.now -= 1 } }
    }

    /// How nice the current thread is.
    private static var niceness: Int32 { getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }

    /// Which thread is running.
    private struct ThreadName: Equatable, Sendable {
        private let number = UInt(pthread_self())
    }

    @Test("It gives back what the work gives or throws")
    func results() async throws {
        let pool = BlockingPool(name: "test", threads: 2, capacity: 10)
        #expect(try await pool.run { 42 } == 42)
        await #expect(throws: Oddity()) { try await pool.run { throw Oddity() } }
        #expect(pool.load == 0 && pool.name == "test")
        try await pool.shutdown()
    }

    @Test("A full queue refuses at once, and takes work again when there is room")
    func full() async throws {
        let pool = BlockingPool(name: "test", threads: 1, capacity: 3)
        let gate = DispatchSemaphore(value: 0)
        let running = (0..<3).map { number in
            Task {
                try await pool.run { () -> Int in
                    gate.wait()
                    return number
                }
            }
        }
        try await waitUntil("the load") { pool.load >= 3 }
        for _ in 0..<5 {
            await #expect {
                try await pool.run {}
            } throws: { error in
                (error as? Problem)?.code == .overloaded
            }
        }
        #expect(pool.load == 3)
        for _ in 0..<3 { gate.signal() }
        for (number, task) in running.enumerated() { #expect(try await task.value == number) }
        #expect(try await pool.run { "again" } == "again")
        #expect(pool.load == 0)
        try await pool.shutdown()
    }

    @Test("No more threads work at once than there are")
    func bounded() async throws {
        let pool = BlockingPool(name: "test", threads: 3, capacity: 100)
        let tally = Tally()
        try await withThrowingTaskGroup { group in
            for _ in 0..<60 {
                group.addTask {
                    try await pool.run {
                        tally.enter()
                        tally.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect((1...3).contains(tally.most))
        try await pool.shutdown()
    }

    @Test("A task that prefers the pool does the pool's work where it is, and waits for nobody with it")
    func executor() async throws {
        let pool = BlockingPool(name: "test", threads: 1, capacity: 1)
        let other = BlockingPool(name: "other", threads: 1, capacity: 1)
        #expect(!BlockingThread.isCurrent)
        func work() async throws {
            #expect(BlockingThread.isCurrent && BlockingThread.belongs(to: pool))
            let own = ThreadName()
            #expect(try await pool.run { ThreadName() } == own)
            #expect(try await pool.proceed { BlockingThread.belongs(to: pool) })
            #expect(try await other.run { !BlockingThread.belongs(to: pool) }, "another pool has its own threads")
            #expect(BlockingThread.belongs(to: pool), "and the task comes back")
            await #expect(throws: Oddity()) { try await pool.run { throw Oddity() } }
        }
        try await withTaskExecutorPreference(pool, operation: work)
        #expect(!BlockingThread.isCurrent)
        // The task has left before its last piece is taken off the count.
        try await waitUntil("the load") { pool.load == 0 }
        try await pool.shutdown()
        try await other.shutdown()
    }

    @Test("Tasks that prefer the pool take turns on its threads while they wait")
    func turns() async throws {
        let pool = BlockingPool(name: "test", threads: 1, capacity: 10)
        let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
        async let waiting = withTaskExecutorPreference(pool) { await stream.first { _ in true } }
        let sent = await withTaskExecutorPreference(pool) { continuation.yield(7) }
        guard case .enqueued = sent else { throw Oddity() }
        #expect(await waiting == 7)
        try await pool.shutdown()
    }

    @Test("Tasks that prefer a pool for which too many wait are refused their work")
    func crowded() async throws {
        let pool = BlockingPool(name: "test", threads: 1, capacity: 2)
        let gate = DispatchSemaphore(value: 0)
        func first() async throws {
            // Holds the thread until the others wait behind it.
            try await pool.run { gate.wait() }
        }
        let holder = Task { try await withTaskExecutorPreference(pool, operation: first) }
        try await waitUntil("the load") { pool.load >= 1 }
        let others = (0..<3).map { _ in
            Task { try await withTaskExecutorPreference(pool) { () async throws -> Int in try await pool.run { 1 } } }
        }
        try await waitUntil("the load") { pool.load >= 4 }
        gate.signal()
        try await holder.value
        var refused = 0
        for task in others {
            do {
                _ = try await task.value
            } catch let problem as Problem where problem.code == .overloaded {
                refused += 1
            }
        }
        #expect(refused == 1, "three wait, then two, then one")
        #expect(try await pool.run { 7 } == 7)
        try await pool.shutdown()
    }

    @Test("Threads that step back are nicer than others, and no nicer for being used again", arguments: [false, true])
    func niceness(stepsBack: Bool) async throws {
        let pool = BlockingPool(name: "test", threads: 1, capacity: 3, stepsBack: stepsBack)
        let usual = try await BlockingPool(name: "other", threads: 1, capacity: 1).run { Self.niceness }
        for _ in 0..<3 {
            let own = try await pool.run { Self.niceness }
            #expect(own == (stepsBack ? min(19, usual + 5) : usual))
        }
        let task = Task {
            try await withTaskExecutorPreference(pool) { () async throws -> Int32 in Self.niceness }
        }
        #expect(try await task.value == (stepsBack ? min(19, usual + 5) : usual))
        try await pool.shutdown()
    }

    @Test("Once shut down it takes nothing more")
    func shutdown() async throws {
        let pool = BlockingPool(name: "test", threads: 1, capacity: 3)
        _ = try await pool.run { 1 }
        try await pool.shutdown()
        await #expect(throws: (any Error).self) { try await pool.run { 2 } }
        #expect(pool.load == 0)
    }
}
