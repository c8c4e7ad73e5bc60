import HallmarkTesting
import Persistence
import Testing

@Suite("Listening on PostgreSQL", .enabled(if: TestBackend.postgres.isAvailable), .timeLimit(.minutes(10)))
struct DriverListenerTests {
    private func withListener(
        _ body: (PostgresListener, inout AsyncStream<PostgresListener.Event>.Iterator, any SQLDriver) async throws ->
            Void
    ) async throws {
        try await withTestDatabase(.postgres) { database in
            let (stream, continuation) = AsyncStream.makeStream(of: PostgresListener.Event.self)
            let listener = try PostgresListener(url: database.address) { continuation.yield($0) }
            let driver = try database.open()
            var events = stream.makeAsyncIterator()
            #expect(await events.next() == .restored)
            do {
                try await body(listener, &events, driver)
            } catch {
                await listener.shutdown()
                await driver.shutdown()
                throw error
            }
            await listener.shutdown()
            #expect(!listener.isListening)
            continuation.finish()
            #expect(await events.next() == nil)
            await driver.shutdown()
        }
    }

    @Test("A notification arrives when its transaction is committed, not before, and not at all when it is undone")
    func afterCommit() async throws {
        try await withListener { listener, events, driver in
            #expect(listener.isListening)
            let (hasNotified, release) = (Signal(), Signal())
            async let inside: Void = driver.write { connection in
                try connection.execute("SELECT pg_notify('hallmark', \("inside"))")
                hasNotified.fire()
                release.block()
            }
            await hasNotified.wait()
            _ = try? await driver.write { connection in
                try connection.execute("SELECT pg_notify('hallmark', \("undone"))")
                throw SQLFault.busy
            }
            try await driver.write { try $0.execute("SELECT pg_notify('hallmark', \("outside"))") }
            #expect(await events.next() == .notification("outside"))
            release.fire()
            try await inside
            #expect(await events.next() == .notification("inside"))
        }
    }

    @Test("A lost connection is reported, and so is its return")
    func loss() async throws {
        try await withListener { listener, events, driver in
            for round in 0..<2 {
                _ = try await driver.read { connection in
                    try connection.query(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                            AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')
                        """)
                }
                #expect(await events.next() == .lost)
                #expect(await events.next() == .restored)
                #expect(listener.isListening)
                try await driver.write { try $0.execute("SELECT pg_notify('hallmark', \("back \(round)"))") }
                #expect(await events.next() == .notification("back \(round)"))
            }
        }
    }

    @Test("A silent connection is probed and stays")
    func heartbeat() async throws {
        try await withTestDatabase(.postgres) { database in
            let (stream, continuation) = AsyncStream.makeStream(of: PostgresListener.Event.self)
            let listener = try PostgresListener(url: database.address, heartbeat: 10) { continuation.yield($0) }
            let driver = try database.open()
            var events = stream.makeAsyncIterator()
            #expect(await events.next() == .restored)
            // The probe shows as the last query of the listening session.
            var isProbed = false
            while !isProbed {
                isProbed = try await driver.read { connection in
                    try connection.first(
                        """
                        SELECT COUNT(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND query = 'SELECT 1' AND pid <> pg_backend_pid()
                        """)?.int(0) == 1
                }
            }
            try await driver.write { try $0.execute("SELECT pg_notify('hallmark', 'still here')") }
            #expect(await events.next() == .notification("still here"))
            await listener.shutdown()
            await driver.shutdown()
        }
    }

    @Test("A server that is not there is tried again until the listener is shut down")
    func unreachable() async throws {
        let listener = try PostgresListener(url: "postgres://nobody@127.0.0.1:1/nothing") { event in
            Issue.record("\(event) without a server")
        }
        #expect(!listener.isListening)
        await listener.shutdown()
    }
}
