import HTTPSupport
import HTTPTypes
import RegistryModel
import Testing

@Suite("Values of requests")
struct HTTPValueTests {
    @Test(
        "Path segments",
        arguments: [
            ("lantern", "lantern"), ("%40s", "@s"), ("caf%C3%A9", "caf\u{E9}"), ("a%20b", "a b"), ("a+b", "a+b"),
            ("%2540", "%40"), ("", ""), ("...", "..."), ("%2e%2e%2e", "..."),
        ] as [(String, String)])
    func segments(_ raw: String, _ decoded: String) {
        #expect(PathSegment.decode(raw) == decoded)
    }

    @Test(
        "Path segments that are refused",
        arguments: [
            "%", "%4", "%zz", "a%00b", "a%2fb", "a%2Fb", "a/b", "..", ".", "%2e%2E", "%0a", "a%7f", "%ff", "%C3",
            String(repeating: "a", count: 1025),
        ])
    func badSegments(_ raw: String) {
        #expect(PathSegment.decode(raw) == nil)
    }

    @Test("Slashes only where they are allowed, and never around dots or nothing")
    func slashes() {
        #expect(PathSegment.decode("@s%2fname", allowingSlash: true) == "@s/name")
        #expect(PathSegment.decode("@s%2f..%2fname", allowingSlash: true) == nil)
        #expect(PathSegment.decode("%2fname", allowingSlash: true) == nil)
        #expect(PathSegment.decode("name%2f", allowingSlash: true) == nil)
    }

    @Test("Encoding a segment is undone by decoding it")
    func encodeSegment() {
        for text in ["lantern", "@s/name", "caf\u{E9} 100%", "a?b#c"] {
            let encoded = PathSegment.encode(text)
            #expect(!encoded.contains("/") && !encoded.contains("?") && !encoded.contains("#"))
            #expect(PathSegment.decode(encoded, allowingSlash: true) == text)
        }
    }

    static let simple = [
        "text/html", "application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.v1+html",
    ]

    @Test(
        "Accept",
        arguments: [
            (nil, "text/html"), ("", "text/html"), ("*/*", "text/html"), ("text/*", "text/html"),
            (
                "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.1, text/html;q=0.01",
                "application/vnd.pypi.simple.v1+json"
            ),
            ("application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01", "application/vnd.pypi.simple.v1+html"),
            ("APPLICATION/VND.PYPI.SIMPLE.V1+JSON", "application/vnd.pypi.simple.v1+json"),
            ("*/*;q=0.1, application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.v1+json"),
            ("text/html;q=0, */*", "application/vnd.pypi.simple.v1+json"),
            ("application/*", "application/vnd.pypi.simple.v1+json"),
            ("image/png", nil), ("text/html;q=0", nil), ("text/html;q=nonsense", nil), (";;,,;q=1", nil),
        ] as [(String?, String?)])
    func accept(_ header: String?, _ chosen: String?) {
        #expect(ContentNegotiation.choose(header, from: Self.simple) == chosen)
    }

    @Test(
        "Accept-Encoding",
        arguments: [
            ("gzip", true), ("GZIP", true), ("gzip, deflate", true), ("deflate", false), ("*", true),
            ("gzip;q=0", false), ("*;q=0", false), ("gzip;q=0, *", false), ("identity, gzip;q=0.5", false),
            ("identity;q=0.5, gzip", true), ("br;q=1.0, gzip;q=0.8, *;q=0.1", true), ("", false), ("x-gzip", true),
            ("gzip;q=0.0001", false), ("gzip;q=2", false),
        ] as [(String, Bool)])
    func acceptEncoding(_ header: String, _ accepted: Bool) {
        #expect(ContentNegotiation.acceptsGzip([.acceptEncoding: header]) == accepted)
        #expect(!ContentNegotiation.acceptsGzip([:]))
    }

    @Test("Endless lists end")
    func boundedLists() {
        let many = String(repeating: "a/b,", count: 100_000) + "text/html"
        #expect(ContentNegotiation.choose(many, from: Self.simple) == nil)
    }

    @Test(
        "Public URLs",
        arguments: [
            ("http://localhost:8080", "http://localhost:8080", "localhost"),
            ("https://Registry.Example/", "https://Registry.Example", "registry.example"),
            ("HTTPS://a.b/hallmark//", "https://a.b/hallmark", "a.b"), ("http://[::1]:80", "http://[::1]:80", "::1"),
        ] as [(String, String, String)])
    func publicURL(_ text: String, _ normal: String, _ host: String) throws {
        let url = try #require(PublicURL(text))
        #expect(url.text == normal)
        #expect(url.host == host)
        #expect(url("/simple/") == "\(normal)/simple/")
        #expect(url("simple/") == "\(normal)/simple/")
    }

    @Test(
        "What is no public URL",
        arguments: [
            "", "localhost", "ftp://a", "http://", "http://a?b", "http://a#b", "http://u@a", "http://a:0", "http://a:x",
            "http://a b", "http://[::1", "http://a\"b",
        ])
    func badPublicURL(_ text: String) {
        #expect(PublicURL(text) == nil)
    }

    @Test("Blocks of addresses")
    func blocks() throws {
        let ten = try #require(AddressBlock("10.0.0.0/8"))
        #expect(ten.contains("10.255.0.1"))
        #expect(ten.contains("::ffff:10.0.0.1"))
        #expect(!ten.contains("11.0.0.1"))
        #expect(!ten.contains("::1"))
        #expect(!ten.contains("nonsense"))
        let odd = try #require(AddressBlock("192.168.1.128/25"))
        #expect(odd.contains("192.168.1.200") && !odd.contains("192.168.1.100"))
        let six = try #require(AddressBlock("fd00::/9"))
        #expect(six.contains("fd7f::1") && !six.contains("fd80::1"))
        #expect(try #require(AddressBlock("0.0.0.0/0")).contains("8.8.8.8"))
        for bad in ["10.0.0.0/33", "::/129", "10.0.0", "a", "", "10.0.0.0/", "10.0.0.0/-1", "1.2.3.4/8/9"] {
            #expect(AddressBlock(bad) == nil, "\(bad)")
        }
    }

    @Test("Endpoints")
    func endpoints() {
        typealias Endpoint = HTTPServerConfiguration.Endpoint
        #expect(Endpoint("127.0.0.1:8080") == Endpoint(host: "127.0.0.1", port: 8080))
        #expect(Endpoint("[::1]:0") == Endpoint(host: "::1", port: 0))
        #expect(Endpoint(":80") == Endpoint(host: "0.0.0.0", port: 80))
        for bad in ["localhost", "::1:80", "a:-1", "a:70000", "a:", ""] { #expect(Endpoint(bad) == nil, "\(bad)") }
    }

    @Test(
        "Client families",
        arguments: [
            ("pip/24.0 {\"ci\":null}", .pip), ("uv/0.4.1 (linux)", .uv), ("poetry/1.8.3 [CPython/3.11]", .poetry),
            ("cargo/1.80.0 (376290515 2024-07-16)", .cargo), ("npm/10.8.2 node/v20.16.0 linux x64", .npm),
            ("pnpm/9.1.0 npm/? node/v20", .pnpm), ("yarn/1.22.22 npm/? node/v20", .yarn),
            ("Mozilla/5.0 (X11; Linux)", .browser), ("curl/7.88.1", .curl), ("twine/5.0", .other), (nil, .other),
        ] as [(String?, ClientFamily)])
    func families(_ agent: String?, _ family: ClientFamily) {
        #expect(ClientFamily(userAgent: agent) == family)
    }

    @Test("The kept values of a bounded dictionary are those of a slow one that is plainly right")
    func lru() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let capacity = Int.random(in: 0...40, using: &generator)
            var fast = BoundedLRU<Int, Int>(capacity: capacity)
            // Newest last.
            var slow: [(key: Int, value: Int, cost: Int)] = []
            for step in 0..<400 {
                let key = Int.random(in: 0..<12, using: &generator)
                switch Int.random(in: 0..<10, using: &generator) {
                case 0..<5:
                    let cost = Int.random(in: 0...15, using: &generator)
                    fast.set(step, for: key, cost: cost)
                    slow.removeAll { $0.key == key }
                    guard cost <= capacity else { break }
                    slow.append((key, step, cost))
                    while slow.reduce(0, { $0 + $1.cost }) > capacity { slow.removeFirst() }
                case 5..<9:
                    let index = slow.firstIndex { $0.key == key }
                    #expect(fast.value(for: key) == index.map { slow[$0].value })
                    if let index { slow.append(slow.remove(at: index)) }
                default:
                    fast.remove(key)
                    slow.removeAll { $0.key == key }
                }
                #expect(fast.count == slow.count)
                #expect(fast.cost == slow.reduce(0) { $0 + $1.cost })
            }
        }
    }
}
