import Accounts
import CZlib
import HTTPSupport
import HTTPTypes
import HallmarkTesting
import Hummingbird
import NIOCore
import Publishing
import RegistryModel
import Synchronization
import Testing

@Suite("Index documents")
struct HTTPIndexTests {
    static let tag = ProjectCoordinates(ecosystem: EcosystemID(rawValue: "test"), nameKey: "lantern")

    /// Serves `/index/:name` with what `load` gives.
    static func routes(
        cache: ResponseCache, reader: Reader = .anonymous, vary: String? = "Accept",
        load: @escaping @Sendable (Reader) async throws -> Document
    ) -> (Router<RegistryContext>) -> Void {
        let responder = IndexResponder(cache: cache) { $0.credential == nil ? .anonymous : reader }
        return { router in
            router.get("/index/:name") { request, context in
                try await responder.respond(
                    request, context, tag: tag, representation: "html", vary: vary, load: load)
            }
        }
    }

    static func document(_ text: String, isPublic: Bool = true) -> Document {
        Document(
            body: Array(text.utf8), mediaType: "text/html", isPublic: isPublic,
            lastModified: Timestamp(seconds: 1_700_000_000), headers: [("X-PyPI-Last-Serial", "7"), ("bad name", "x")])
    }

    static let owner = Principal(
        userID: 1, userName: "alice", isAdministrator: false, kind: .token, tokenID: 1, scopes: [])

    @Test("A public document has tag, date, length, and asks to be revalidated")
    func plainAnswer() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        try await withHTTPServer(routes: Self.routes(cache: cache) { _ in Self.document("hello") }) { server in
            let response = try await server.exchange("GET /index/lantern")
            #expect(response.status == 200)
            #expect(response.text == "hello")
            #expect(response["content-type"] == "text/html")
            #expect(response["content-length"] == "5")
            #expect(response["cache-control"] == "no-cache")
            #expect(response["vary"] == "Accept, Accept-Encoding")
            #expect(response["last-modified"] == "Tue, 14 Nov 2023 22:13:20 GMT")
            #expect(response["x-pypi-last-serial"] == "7")
            #expect(response["etag"]?.hasPrefix("\"") == true)
            #expect(response["transfer-encoding"] == nil)
        }
    }

    @Test("Conditions: If-None-Match first, weakly compared; If-Modified-Since only without it")
    func conditions() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        try await withHTTPServer(routes: Self.routes(cache: cache) { _ in Self.document("hello") }) { server in
            let connection = try await server.connect()
            let tag = try #require(try await connection.exchange("GET /index/lantern")["etag"])
            func status(_ headers: String...) async throws -> Int {
                let response = try await connection.exchange("GET /index/lantern", headers)
                if response.status == 304 {
                    #expect(response["etag"] == tag)
                    #expect(response["cache-control"] == "no-cache")
                    #expect(response["vary"] == "Accept, Accept-Encoding")
                    #expect(response["content-length"] == nil)
                    #expect(response["content-type"] == nil)
                }
                return response.status
            }
            #expect(try await status("If-None-Match: \(tag)") == 304)
            #expect(try await status("If-None-Match: W/\(tag)") == 304)
            #expect(try await status("If-None-Match: \"other\", W/\(tag) , \"third\"") == 304)
            #expect(try await status("If-None-Match: \"other\"", "If-None-Match: \(tag)") == 304)
            #expect(try await status("If-None-Match: *") == 304)
            #expect(try await status("If-None-Match: \"other\"") == 200)
            #expect(try await status("If-None-Match: \(tag.dropLast())-gzip\"") == 200)
            #expect(try await status("If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT") == 304)
            #expect(try await status("If-Modified-Since: Tue, 14 Nov 2023 22:13:19 GMT") == 200)
            #expect(try await status("If-Modified-Since: yesterday") == 200)
            #expect(
                try await status("If-None-Match: \"other\"", "If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT") == 200)
        }
    }

    @Test("gzip with a tag of its own, where it is accepted and pays")
    func gzip() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        let text = String(repeating: "<a href=lantern-1.0.0.tar.gz>lantern</a>\n", count: 100)
        let large = String(repeating: text, count: 40)
        let routes = Self.routes(cache: cache) { _ in Self.document(text) }
        try await withHTTPServer {
            routes($0)
            let responder = IndexResponder(cache: cache) { _ in .anonymous }
            $0.get("/tiny") { request, context in
                try await responder.respond(
                    request, context, tag: nil, representation: "", vary: nil
                ) { _ in Self.document("tiny") }
            }
            $0.get("/large") { request, context in
                try await responder.respond(
                    request, context, tag: nil, representation: "", vary: nil
                ) { _ in Self.document(large) }
            }
        } _: { server in
            let connection = try await server.connect()
            let plain = try await connection.exchange("GET /index/lantern")
            #expect(plain["content-encoding"] == nil)
            // Once from the loaded document, once from the kept plain one, once from the kept compressed one.
            for name in ["other", "lantern", "lantern"] {
                let response = try await connection.exchange(
                    "GET /index/\(name)", ["Accept-Encoding: gzip, deflate, br"])
                #expect(response["content-encoding"] == "gzip")
                #expect(response["content-length"] == String(response.body.count))
                #expect(response.body.count < text.utf8.count / 5)
                #expect(try Self.gunzip(response.body) == Array(text.utf8))
                #expect(response["etag"] == plain["etag"].map { $0.dropLast() + "-gzip\"" })
                let tag = try #require(response["etag"])
                let again = try await connection.exchange(
                    "GET /index/\(name)", ["Accept-Encoding: gzip", "If-None-Match: \(tag)"])
                #expect(again.status == 304)
            }
            let refused = try await connection.exchange("GET /index/lantern", ["Accept-Encoding: gzip;q=0, *;q=1"])
            #expect(refused["content-encoding"] == nil)
            #expect(try await connection.exchange("GET /tiny", ["Accept-Encoding: gzip"])["content-encoding"] == nil)
            let big = try await connection.exchange("GET /large", ["Accept-Encoding: gzip"])
            #expect(try Self.gunzip(big.body) == Array(large.utf8))
        }
    }

    /// What zlib makes of a gzip member.
    static func gunzip(_ bytes: [UInt8]) throws -> [UInt8] {
        var stream = z_stream()
        try #require(inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
        defer { inflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: 1 << 20)
        let status = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return inflate(&stream, Z_FINISH)
            }
        }
        try #require(status == Z_STREAM_END && stream.avail_in == 0)
        return Array(output.prefix(output.count - Int(stream.avail_out)))
    }

    @Test("HEAD has the fields of GET and no content")
    func head() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        try await withHTTPServer(routes: Self.routes(cache: cache) { _ in Self.document("hello") }) { server in
            let connection = try await server.connect()
            let head = try await connection.exchange("HEAD /index/lantern")
            let get = try await connection.exchange("GET /index/lantern")
            #expect(head.status == 200)
            #expect(head["content-length"] == "5")
            #expect(head["etag"] == get["etag"])
            #expect(try await connection.exchange("HEAD /index/lantern")["content-length"] == "5")
        }
    }

    @Test("The second read does not load, whoever asks; after an invalidation it does")
    func caching() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        let loads = Mutex(0)
        let routes = Self.routes(cache: cache, reader: .principal(Self.owner)) { _ in
            Self.document("load \(loads.withLock { $0 += 1; return $0 })")
        }
        try await withHTTPServer(routes: routes) { server in
            let connection = try await server.connect()
            #expect(try await connection.exchange("GET /index/lantern").text == "load 1")
            #expect(try await connection.exchange("GET /index/lantern").text == "load 1")
            #expect(try await connection.exchange("GET /index/lantern", ["Authorization: Bearer x"]).text == "load 1")
            cache.invalidate(ProjectCoordinates(ecosystem: EcosystemID(rawValue: "test"), nameKey: "someone-else"))
            cache.invalidate(Self.tag)
            #expect(try await connection.exchange("GET /index/lantern").text == "load 2")
            // A query makes it another target, which is answered but not kept.
            #expect(try await connection.exchange("GET /index/lantern?x=1").text == "load 3")
            #expect(try await connection.exchange("GET /index/lantern?x=1").text == "load 4")
            #expect(cache.statistics.documents == 1)
            cache.removeAll()
            #expect(try await connection.exchange("GET /index/lantern").text == "load 5")
        }
    }

    @Test("What not everybody may see is never kept")
    func privateDocuments() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        let routes = Self.routes(cache: cache, reader: .principal(Self.owner)) { reader in
            guard case .principal = reader else { throw Problem(.unauthenticated, "A token is needed.") }
            return Self.document("secret", isPublic: false)
        }
        try await withHTTPServer(routes: routes) { server in
            let connection = try await server.connect()
            let response = try await connection.exchange("GET /index/lantern", ["Authorization: Bearer x"])
            #expect(response.text == "secret")
            #expect(response["cache-control"] == "private, no-cache")
            #expect(response["vary"] == "Accept, Accept-Encoding, Authorization")
            let refused = try await connection.exchange("GET /index/lantern")
            #expect(refused.status == 401)
            #expect(refused["www-authenticate"]?.hasPrefix("Basic ") == true)
            #expect(cache.statistics.documents == 0)
            #expect(cache.statistics.absences == 0)
        }
    }

    @Test("An absent name is remembered for everybody only when nobody in particular asked")
    func absences() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        let loads = Mutex(0)
        let routes = Self.routes(cache: cache, reader: .principal(Self.owner)) { _ -> Document in
            loads.withLock { $0 += 1 }
            throw Problem(.notFound, "There is no project of that name.")
        }
        try await withHTTPServer(routes: routes) { server in
            let connection = try await server.connect()
            // To a stranger who is signed in a private project does not exist; that says nothing about others.
            for _ in 0..<2 {
                #expect(try await connection.exchange("GET /index/a", ["Authorization: Bearer x"]).status == 404)
            }
            #expect(loads.withLock { $0 } == 2)
            for encoding in ["identity", "gzip", "gzip"] {
                let response = try await connection.exchange("GET /index/a", ["Accept-Encoding: \(encoding)"])
                #expect(response.status == 404)
                #expect(response.reason == "There is no project of that name.")
            }
            #expect(loads.withLock { $0 } == 3)
            cache.invalidate(Self.tag)
            #expect(try await connection.exchange("GET /index/a").status == 404)
            #expect(loads.withLock { $0 } == 4)
        }
    }

    @Test("A document that was loaded before a change and rendered after it is not kept")
    func generationRace() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        let state = Mutex("old")
        let interfere = Mutex(true)
        let routes = Self.routes(cache: cache) { _ in
            let loaded = state.withLock { $0 }
            if interfere.withLock({ flag in
                defer { flag = false }; return flag
            }) {
                // A publish commits and invalidates while this request renders what it loaded.
                state.withLock { $0 = "new" }
                cache.invalidate(Self.tag)
            }
            return Self.document(loaded)
        }
        try await withHTTPServer(routes: routes) { server in
            let connection = try await server.connect()
            #expect(try await connection.exchange("GET /index/lantern").text == "old")
            #expect(cache.statistics.lostRaces == 1)
            #expect(cache.statistics.documents == 0)
            #expect(try await connection.exchange("GET /index/lantern").text == "new")
            #expect(try await connection.exchange("GET /index/lantern").text == "new")
        }
    }

    @Test("The same race with an absent name")
    func absenceRace() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        let exists = Mutex(false)
        let routes = Self.routes(cache: cache) { _ in
            guard
                exists.withLock({ flag in
                    defer { flag = true }; return flag
                })
            else {
                cache.invalidate(Self.tag)
                throw Problem(.notFound, "no")
            }
            return Self.document("new")
        }
        try await withHTTPServer(routes: routes) { server in
            let connection = try await server.connect()
            #expect(try await connection.exchange("GET /index/lantern").status == 404)
            #expect(try await connection.exchange("GET /index/lantern").text == "new")
        }
    }
}
