import Accounts
import HTTPTypes
import HallmarkTesting
import Hummingbird
import RegistryModel
import Synchronization
import Testing

@testable import HTTPSupport

@Suite("Many who need the same document at once")
struct LaneFlightTests {
    /// Lets loads wait until they may go on.
    private final class Gate: Sendable {
        private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))
        private let loads = Mutex(0)

        var count: Int { loads.withLock { $0 } }

        func pass() async {
            loads.withLock { $0 += 1 }
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.waiting.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
        }

        func open() {
            let waiting = state.withLock { state in
                defer { state = (true, []) }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }
    }

    /// Sends the same request on several connections and, when `count` loads have begun, lets them go on.
    private func ask(
        _ people: Int, beginning count: Int = 1, headers: [String] = [],
        load: @escaping @Sendable (Reader, Int) throws -> Document
    ) async throws -> (statuses: [Int], loads: Int) {
        let cache = ResponseCache(bytes: 1 << 20)
        let gate = Gate()
        let routes = HTTPIndexTests.routes(cache: cache, reader: .principal(HTTPIndexTests.owner)) { reader in
            await gate.pass()
            return try load(reader, gate.count)
        }
        return try await withHTTPServer(routes: routes) { server in
            var connections: [RawConnection] = []
            for _ in 0..<people {
                let connection = try await server.connect()
                try await connection.request("GET /index/lantern", headers)
                connections.append(connection)
            }
            try await waitUntil("loads") { gate.count >= count && cache.statistics.misses >= people }
            gate.open()
            var statuses: [Int] = []
            for connection in connections { statuses.append(try await connection.response().status) }
            #expect(cache.flights.count == 0)
            return (statuses, gate.count)
        }
    }

    @Test("One makes it, all get it")
    func together() async throws {
        let (statuses, loads) = try await ask(12) { _, _ in HTTPIndexTests.document("hello") }
        #expect(statuses == Array(repeating: 200, count: 12))
        #expect(loads == 1)
    }

    @Test("A failure is nobody else's")
    func failure() async throws {
        let (statuses, loads) = try await ask(6) { _, count in
            guard count > 1 else { throw Problem(.overloaded, "busy") }
            return HTTPIndexTests.document("hello")
        }
        #expect(statuses.count { $0 == 503 } <= 1)
        #expect(statuses.count { $0 == 200 } >= 5)
        #expect(loads > 1)
    }

    @Test("A private document goes to those who may see it, one by one")
    func privacy() async throws {
        let (statuses, loads) = try await ask(4, headers: ["Authorization: Bearer x"]) { reader, _ in
            guard case .principal = reader else { throw Problem(.unauthenticated, "no") }
            return HTTPIndexTests.document("secret", isPublic: false)
        }
        #expect(statuses == [200, 200, 200, 200])
        #expect(loads == 4)
    }

    @Test("A name that nobody in particular finds may still be somebody's")
    func absence() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        let routes = HTTPIndexTests.routes(cache: cache, reader: .principal(HTTPIndexTests.owner)) { reader in
            guard case .principal = reader else { throw Problem(.notFound, "no") }
            return HTTPIndexTests.document("secret", isPublic: false)
        }
        try await withHTTPServer(routes: routes) { server in
            let connection = try await server.connect()
            for _ in 0..<2 {
                #expect(try await connection.exchange("GET /index/lantern").status == 404)
                #expect(try await connection.exchange("GET /index/lantern", ["Authorization: Bearer x"]).status == 200)
            }
        }
    }

    @Test("A refusal of what is no request is in the log")
    func refusals() async throws {
        try await withHTTPServer(routes: { _ in }) { server in
            let connection = try await server.connect()
            try await connection.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
            #expect(try await connection.response().status == 400)
            try await waitUntil("the log has it") {
                server.log.lines.contains {
                    $0.contains("\"status\":400") && $0.contains("\"client\":\"127.0.0.1\"")
                        && $0.contains("\"outcome\":\"refused\"")
                }
            }
        }
    }
}
