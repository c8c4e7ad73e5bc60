import Blobs
import HallmarkTesting
import Outbound
import RegistryModel
import Synchronization
import Testing

@Suite("A list of leaked passwords over HTTP", .timeLimit(.minutes(10)))
struct LeakedPasswordTests {
    @Test("AUTHN-2.4 Five digits are asked for, with padding")
    func range() async throws {
        let asked = Mutex<[TestHTTPRequest]>([])
        let server = try await TestHTTPServer { request in
            asked.withLock { $0.append(request) }
            return request.path == "/range/5BAA6"
                ? TestHTTPAnswer(body: Array("1E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824\r\nFFFF:0".utf8))
                : TestHTTPAnswer(503)
        }
        let pool = BlockingPool(name: "asking", threads: 1, capacity: 4)
        let list = LeakedPasswordRange(fetcher: CurlFetcher(pool: pool), address: server.url)
        #expect(try await list.range("5BAA6") == "1E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824\r\nFFFF:0")
        let request = try #require(asked.withLock { $0 }.first)
        #expect(request.method == "GET")
        #expect(request.target == "/range/5BAA6")
        #expect(request.fields["add-padding"] == "true")
        await #expect(throws: FetchFault.unreachable("the list of leaked passwords answered 503")) {
            _ = try await list.range("00000")
        }
        for bad in ["", "5BAA", "5BAA61", "5baa6", "../..", "5BA 6"] {
            await #expect(throws: FetchFault.refused("'\(bad)' is no beginning of a hash")) {
                _ = try await list.range(bad)
            }
        }
        #expect(asked.withLock { $0 }.count == 2)
        try await server.stop()
        try await pool.shutdown()
    }

    @Test("AUTHN-2.4 An answer that is too long or does not come is a fault")
    func faults() async throws {
        let server = try await TestHTTPServer { request in
            request.path == "/range/00000" ? .silence : TestHTTPAnswer(body: [UInt8](repeating: 0x41, count: 300_000))
        }
        let pool = BlockingPool(name: "asking", threads: 2, capacity: 4)
        let list = LeakedPasswordRange(fetcher: CurlFetcher(pool: pool), address: server.url)
        for prefix in ["00000", "11111"] {
            await #expect(throws: FetchFault.self) { _ = try await list.range(prefix) }
        }
        try await server.stop()
        try await pool.shutdown()
    }
}
