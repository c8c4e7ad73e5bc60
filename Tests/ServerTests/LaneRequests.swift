import HallmarkTesting

/// Makes requests: proper ones, and such as one parser reads differently from another.
struct LaneRequests {
    var random: SeededGenerator
    var offersUpgrades = true
    /// How many harmless fields a request has at most.
    var mostFields = 4

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    private static let common = [
        "Accept: */*", "Accept: text/html", "Accept: application/json, text/html;q=0.5", "Accept-Encoding: gzip",
        "Accept-Encoding: gzip, deflate", "User-Agent: pip/25.0", "User-Agent: a \"quoted\" one\\",
        "Connection: keep-alive",
        "CONNECTION: Keep-Alive", "X-Other: 1", "x-other:2", "Authorization: Bearer x", "Cache-Control: max-age=0",
        "If-None-Match: \"other\"", "If-None-Match: \"1\", W/\"2\"", "If-None-Match:\t\"x\" ", "Referer: http://a/",
    ]
    private static let rare = [
        "If-None-Match: *", "If-None-Match: bare", "If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT",
        "Range: bytes=0-1",
        "Cookie: a=b", "If-Match: *", "Connection: close", "Connection: x-other", "Connection: keep-alive, x-other",
        "Content-Length: 0", "Expect: 100-continue", "TE: trailers", "Host: second", "X-Empty:", "X-Empty: \t ",
        "X-Tab: a\tb", "X-High: caf\u{E9}", "Proxy-Connection: close", "Keep-Alive: timeout=5", "Trailer: x",
        "Content-Type: text/plain", "Sec-Fetch-Mode: cors",
    ]
    private static let tricks = [
        "Content-Length: 5", "Content-Length: +5", "Content-Length : 5", "Content-Length: 5, 5",
        "Transfer-Encoding: chunked", "Transfer-Encoding: xchunked", "Transfer-Encoding : chunked",
        "Transfer-Encoding:\u{0B}chunked", "transfer-encoding: identity", "X-Fold: a\r\n b", " Leading: space",
        "X: a\nContent-Length: 5", "X: a\rY: b", "X\u{0}: nul", "X: n\u{0}l", ": empty", "NoColon", "X;Y: odd",
        "X Y: odd",
        "Content-Length: 5\r\nTransfer-Encoding: chunked", "\u{7F}: del", "X: \u{7F}",
    ]
    private static let offers = [
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk",
        "Upgrade: h2c", "Connection: upgrade\r\nUpgrade: websocket", "Connection: Upgrade, x-other\r\nUpgrade: h2c",
        "Connection: Upgrade", "HTTP2-Settings: AAMAAABk", "Upgrade: h2c\r\nConnection: keep-alive, Upgrade",
    ]

    private mutating func pick(_ of: [String]) -> String {
        of[Int.random(in: 0..<of.count, using: &random)]
    }

    private mutating func happens(_ oneIn: Int) -> Bool {
        Int.random(in: 0..<oneIn, using: &random) == 0
    }

    /// One request, or what looks like one.
    mutating func request(isMutated: Bool) -> [UInt8] {
        let method =
            happens(8) ? pick(["POST", "PUT", "get", "GETX", "OPTIONS", "DELETE", ""]) : pick(["GET", "GET", "HEAD"])
        let target =
            happens(8)
            ? pick([
                "*", "http://a/known/a", "/known/a b", "/known/%zz", "/known/a?x=1", "/a#b", "//known/a", "/\"q\"",
                "/caf\u{E9}",
            ])
            : pick(["/known/a", "/known/a", "/known/b", "/known/large", "/plain/a"])
        let version =
            happens(20) ? pick(["HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.1 ", ""]) : "HTTP/1.1"
        var lines = ["Host: localhost"]
        if happens(20) { lines = [] }
        for _ in 0..<Int.random(in: 0...mostFields, using: &random) { lines.append(pick(Self.common)) }
        // What follows an expectation may or may not be answered, by its timing alone.
        if happens(4) { lines.append(pick(Self.rare.filter { offersUpgrades || !$0.hasPrefix("Expect") })) }
        if isMutated, happens(5) { lines.append(pick(Self.tricks)) }
        if offersUpgrades, happens(6) { lines.append(pick(Self.offers)) }
        lines.shuffle(using: &random)
        let end = isMutated && happens(20) ? pick(["\n", "\r", "\r\r\n", " \r\n"]) : "\r\n"
        var bytes = Array("\(method) \(target) \(version)\(end)".utf8)
        for line in lines { bytes += Array((line + "\r\n").utf8) }
        bytes += [13, 10]
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        if text.contains("content-length: 5") { bytes += Array("hello".utf8) }
        if text.contains("chunked") { bytes += Array("5\r\nhello\r\n0\r\n\r\n".utf8) }
        if isMutated, happens(3) { mutate(&bytes) }
        return bytes
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let byte =
                [0, 9, 10, 13, 32, 58, 0x7F, 0x80, UInt8.random(in: 0...255, using: &random)].randomElement(
                    using: &random) ?? 0
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = byte
            case 1: bytes.insert(byte, at: place)
            case 2 where bytes.count > 1: bytes.remove(at: place)
            default: bytes.insert(bytes[place], at: place)
            }
        }
    }

    /// The bytes in pieces, as a network may deliver them.
    mutating func cut(_ bytes: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var at = 0
        let longest = [bytes.count, 40, 3].randomElement(using: &random) ?? 40
        while at < bytes.count {
            let count = Int.random(in: 1...max(1, min(longest, bytes.count - at)), using: &random)
            pieces.append(Array(bytes[at..<at + count]))
            at += count
        }
        return pieces
    }
}
