import Blobs
import HallmarkTesting
import Outbound
import RegistryModel
import Testing

@Suite("Reading pages of other servers", .timeLimit(.minutes(10)))
struct FetcherTests {
    private func with(_ body: (PageServer, BlockingPool) async throws -> Void) async throws {
        let server = try await PageServer()
        let pool = BlockingPool(name: "asking", threads: 2, capacity: 16)
        try await body(server, pool)
        try await server.stop()
        try await pool.shutdown()
    }

    @Test("Statuses come back as they are, redirects are not followed, bodies are cut")
    func answers() async throws {
        try await with { server, pool in
            let fetcher = PublicPageFetcher(allowsPrivate: true, pool: pool, milliseconds: 60_000)
            let url = "http://127.0.0.1:\(server.port)"
            server.set("/acme/key", status: 200)
            server.set("/acme/moved", status: 301, header: "Location: \(url)/acme/key")
            let page = try await fetcher.fetch(url + "/acme/key", limit: 100)
            #expect(page == FetchedPage(status: 200, body: Array("page".utf8)))
            #expect(try await fetcher.fetch(url + "/acme/key", limit: 2).body == Array("pa".utf8))
            #expect(try await fetcher.fetch(url + "/acme/moved", limit: 100).status == 301)
            #expect(try await fetcher.fetch(url + "/acme/none", limit: 100).status == 404)
            #expect(try await fetcher.fetch("http://localhost:\(server.port)/acme/key", limit: 9).status == 200)
            #expect(server.asked.filter { $0 == "/acme/key" }.count == 3)
        }
    }

    @Test("Private networks and http are refused before anything is sent")
    func refused() async throws {
        try await with { server, pool in
            let fetcher = PublicPageFetcher(allowsPrivate: false, pool: pool)
            for address in [
                "http://127.0.0.1:\(server.port)/", "https://127.0.0.1:\(server.port)/",
                "https://localhost:\(server.port)/", "https://169.254.169.254/", "https://2130706433/",
                "file:///etc/passwd",
            ] {
                do {
                    _ = try await fetcher.fetch(address, limit: 100)
                    Issue.record("\(address) was asked")
                } catch FetchFault.refused {}
            }
            #expect(server.asked.isEmpty)
        }
    }

    @Test("No answer, one that is no HTTP, and nobody there are told in bounded time")
    func broken() async throws {
        try await with { server, pool in
            let fetcher = PublicPageFetcher(allowsPrivate: true, pool: pool, milliseconds: 300)
            server.set("/silent", "")
            server.set("/garbage", "this is no HTTP\r\n\r\n")
            for address in [
                "http://127.0.0.1:\(server.port)/silent", "http://127.0.0.1:\(server.port)/garbage",
                "http://127.0.0.1:\(try FreePort.take())/", "https://127.0.0.1:\(server.port)/silent",
            ] {
                do {
                    _ = try await fetcher.fetch(address, limit: 100)
                    Issue.record("\(address) answered")
                } catch FetchFault.unreachable {}
            }
        }
    }
}
