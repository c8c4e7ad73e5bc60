import Foundation
import Glibc
import HallmarkTesting
import Testing

@testable import Persistence

@Suite("Databases that fail for a while", .timeLimit(.minutes(10)))
struct DriverFaultTests {
    private static let needsPostgres: Comment = "needs PostgreSQL"

    /// The maintenance database of the server that has this one.
    private static func maintenance(of database: TestDatabase) throws -> (url: String, name: String) {
        var parts = try #require(URLComponents(string: database.address))
        let name = String(parts.path.dropFirst())
        parts.path = "/postgres"
        return (try #require(parts.string), name)
    }

    /// Lets nobody in and ends who is there, as a server that was stopped.
    private static func setOpen(_ isOpen: Bool, _ name: String, _ admin: any SQLDriver) async throws {
        // The name is one that this test made; a value cannot stand for it.
        let text: SQL =
            isOpen
            ? "UPDATE pg_database SET datallowconn = true WHERE datname = \(name)"
            : "UPDATE pg_database SET datallowconn = false WHERE datname = \(name)"
        try await admin.write { try $0.execute(text) }
        guard !isOpen else { return }
        try await admin.write { connection in
            try connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = \(name)")
        }
    }

    private func connections(to name: String, _ admin: any SQLDriver) async throws -> Int64 {
        try await admin.read { connection in
            try connection.first("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = \(name)")?.int(0) ?? -1
        }
    }

    @Test(
        "A server that goes and comes back: refused at once, then as before",
        .enabled(if: TestBackend.postgres.isAvailable, needsPostgres))
    func away() async throws {
        try await withTestDatabase(.postgres, migrations: DriverFixture.migrations) { database in
            let (url, name) = try Self.maintenance(of: database)
            let admin = try PostgresDriver(url: url, connections: 1)
            let driver = try database.open()
            try await driver.write { try $0.execute(DriverFixture.insert(1, "one")) }
            try await Self.setOpen(false, name, admin)
            for _ in 0..<5 {
                await #expect(throws: SQLFault.connectionLost) { try await driver.names() }
                await #expect(throws: SQLFault.connectionLost) {
                    try await driver.write { try $0.execute(DriverFixture.insert(2, "two")) }
                }
            }
            try await Self.setOpen(true, name, admin)
            // Where refusing took longer than a second, the server is asked again a second later.
            try await waitUntil("an answer", every: .milliseconds(100)) {
                (try? await driver.names()) == ["one"]
            }
            try await driver.write { try $0.execute(DriverFixture.insert(2, "two")) }
            #expect(try await driver.names() == ["one", "two"])
            await driver.shutdown()
            await admin.shutdown()
        }
    }

    @Test("Every way to fail gives its connection back", .enabled(if: TestBackend.postgres.isAvailable, needsPostgres))
    func leaks() async throws {
        struct Own: Error {}
        try await withTestDatabase(.postgres, migrations: DriverFixture.migrations) { database in
            let (url, name) = try Self.maintenance(of: database)
            let admin = try PostgresDriver(url: url, connections: 1)
            let driver = try PostgresDriver(url: database.address, connections: 3)
            let failures: [@Sendable (any SQLConnection) throws -> Void] = [
                { _ in throw Own() },
                { try $0.execute("SELECT nonsense") },
                { connection in
                    try connection.execute(DriverFixture.insert(1, "one"))
                    try connection.execute(DriverFixture.insert(1, "one"))
                },
                { try $0.execute("SELECT pg_terminate_backend(pg_backend_pid())") },
                { try $0.execute("SELECT 1 / 0") },
            ]
            await withTaskGroup { group in
                for index in 0..<60 {
                    let failure = failures[index % failures.count]
                    group.addTask { _ = try? await driver.write { try failure($0) } }
                    group.addTask { _ = try? await driver.read { try failure($0) } }
                }
            }
            #expect(try await driver.names() == [])
            #expect(try await connections(to: name, admin) <= 3)
            await driver.shutdown()
            try await waitUntil("no connection is left") { try await connections(to: name, admin) == 0 }
            await admin.shutdown()
        }
    }

    @Test(
        "Two that lock each other out both get through", .enabled(if: TestBackend.postgres.isAvailable, needsPostgres))
    func deadlock() async throws {
        try await withDatabase(.postgres, migrations: DriverFixture.migrations) { driver in
            try await driver.write { connection in
                try connection.execute("INSERT INTO items (id, name, size) VALUES (1, 'a', 0), (2, 'b', 0)")
            }
            let runs = Counter()
            let locked = [Signal(), Signal()]
            @Sendable func change(_ first: Int, _ second: Int) async throws {
                try await driver.write { connection in
                    runs.next()
                    try connection.execute("UPDATE items SET size = size + 1 WHERE id = \(first)")
                    locked[first - 1].fire()
                    locked[second - 1].block()
                    try connection.execute("UPDATE items SET size = size + 1 WHERE id = \(second)")
                }
            }
            async let one: Void = change(1, 2)
            async let other: Void = change(2, 1)
            _ = try await (one, other)
            #expect(runs.value > 2, "one of them was run again")
            let sizes = try await driver.read { try $0.query("SELECT size FROM items").map { try $0.int("size") } }
            #expect(sizes == [2, 2])
        }
    }

    @Test("A server that takes connections and says nothing is not asked by everybody in turn")
    func silent() async throws {
        let listener = try SilentListener()
        let driver = try PostgresDriver(
            url: "postgres://hallmark@127.0.0.1:\(listener.port)/hallmark", connections: 2, connectTimeout: 2)
        await withTaskGroup { group in
            for _ in 0..<100 {
                group.addTask {
                    await #expect(throws: SQLFault.connectionLost) { try await driver.read { _ in } }
                }
            }
        }
        #expect(listener.connections() <= 4)
        await driver.shutdown()
    }

    @Test("A database that another process holds for long: all that wait are told, not one after the other")
    func held() async throws {
        try await withTestDatabase(.sqlite, migrations: DriverFixture.migrations) { database in
            let holder = try SQLiteDriver(path: database.address)
            let driver = try SQLiteDriver(path: database.address, batch: 2, busyTimeout: 2)
            let (isHeld, release) = (Signal(), Signal())
            async let hold: Void = holder.write { connection in
                try connection.execute(DriverFixture.insert(1, "one"))
                isHeld.fire()
                release.block()
            }
            await isHeld.wait()
            // 200 turns of two would take minutes, more than this suite has.
            await withTaskGroup { group in
                for id in 2..<402 {
                    group.addTask {
                        await #expect(throws: SQLFault.busy) {
                            try await driver.write { try $0.execute(DriverFixture.insert(id, "n\(id)")) }
                        }
                    }
                }
            }
            #expect(try await driver.countOfItems() == 0, "reading goes on")
            release.fire()
            try await hold
            try await driver.write { try $0.execute(DriverFixture.insert(2, "two")) }
            #expect(try await driver.names() == ["one", "two"])
            await driver.shutdown()
            await holder.shutdown()
        }
    }
}

/// A socket that lets the system take connections and never answers.
private final class SilentListener: Sendable {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 256) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        try #require(isBound)
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }

    /// How many connections were made so far.
    func connections() -> Int {
        var count = 0
        while true {
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else { return count }
            close(connection)
            count += 1
        }
    }
}
