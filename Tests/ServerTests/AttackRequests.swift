/// Requests that two programs could take apart at different places, each with another request hidden behind its start.
enum AttackRequests {
    /// What an attacker wants somebody to take for a request of its own.
    static let hidden = "GET /npm/smuggled HTTP/1.1\r\nHost: localhost\r\nX: x\r\n\r\n"

    private static let short = "0\r\n\r\n" + hidden
    private static let length = "Content-Length: \(hidden.utf8.count)"
    private static let chunked = "Transfer-Encoding: chunked"

    private static func post(_ lines: String..., body: String) -> String {
        "POST /npm/-/npm/v1/security/audits HTTP/1.1\r\nHost: localhost\r\n" + lines.map { $0 + "\r\n" }.joined()
            + "\r\n" + body
    }

    /// With a start line, header lines, and the hidden request where the body would be.
    private static func get(_ start: String, _ lines: String...) -> String {
        start + "\r\nHost: localhost\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n" + hidden
    }

    /// Those of which nothing may be answered but a refusal.
    static let refused = lengths + codings + chunks + lines

    private static let lengths = [
        post("Content-Length: 0", length, body: hidden), post(length, "Content-Length: 0", body: hidden),
        post(length, length, body: hidden), post("Content-Length: 0, \(hidden.utf8.count)", body: hidden),
        post("Content-Length: +\(hidden.utf8.count)", body: hidden), post("Content-Length: -1", body: hidden),
        post("Content-Length: 0x10", body: hidden), post("Content-Length: 1 0", body: hidden),
        post("Content-Length: 0\u{0B}", body: hidden), post("Content-Length : 0", body: hidden),
        post("Content-Length:", body: hidden), post("Content-Length: 99999999999999999999", body: hidden),
        post("Content-Length: 18446744073709551616", body: hidden),
    ]

    private static let codings = [
        post(length, chunked, body: short), post(chunked, length, body: short),
        post("Content-Length: 5", chunked, body: short), post("Transfer-Encoding: xchunked", length, body: short),
        post("Transfer-Encoding: chunked, identity", body: short),
        post("Transfer-Encoding: identity", length, body: short), post("Transfer-Encoding: gzip, chunked", body: short),
        post(chunked, "Transfer-Encoding: identity", length, body: short), post(chunked, chunked, body: short),
        post("Transfer-Encoding : chunked", length, body: short),
        post(" Transfer-Encoding: chunked", length, body: short),
        post("X: x\r\n Transfer-Encoding: chunked", length, body: short),
        post("Transfer-Encoding:\u{0B}chunked", length, body: short),
        post("Transfer-Encoding:\r\n chunked", length, body: short),
        post("Transfer-Encoding: \"chunked\"", length, body: short), post("X: x\n" + chunked, length, body: short),
        post("X: x\r" + chunked, length, body: short), post(chunked + "\u{0}", length, body: short),
        "POST /npm/-/npm/v1/security/audits HTTP/1.0\r\nHost: localhost\r\n\(chunked)\r\nConnection: keep-alive\r\n\r\n"
            + short,
    ]

    private static let chunks = [
        "0x0\r\n\r\n", "+0\r\n\r\n", "-1\r\n\r\n", "10000000000000000\r\n", "1\nA\n0\n\n",
        "1;a=\"\r\n\"\r\nA\r\n0\r\n\r\n",
        "1;\nx\r\nA\r\n0\r\n\r\n", "3\r\nABCD\r\n0\r\n\r\n", "3\r\nAB\r\n0\r\n\r\n", " 0\r\n\r\n", "0 \r\n\r\n",
        "0\r\n\n",
        "0\r\nContent-Length: 50\r\n\r\n", "0\r\nTransfer-Encoding: chunked\r\n\r\n",
    ].map { post(chunked, body: $0 + hidden) }

    private static let lines = [
        "GET /npm/lamp HTTP/1.1\nHost: localhost\n\n" + hidden, "GET /npm/lamp\r\n\r\n" + hidden,
        get("GET /npm/lamp HTTP/1.1", "X: a\u{0}b"), get("GET /npm/lamp HTTP/1.1 "),
        get("GET /npm/lamp HTTP/1.1", "Host: evil.example"), get("GET /npm/lamp HTTP/9.9"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + hidden,
    ]

    /// Those in which the hidden request is a body, or unreachable: one answer, and it is not the hidden one's.
    static let swallowed = [
        get("GET /npm/lamp HTTP/1.1", length), get("HEAD /npm/lamp HTTP/1.1", length),
        get("GET /npm/lamp HTTP/1.1", "Expect: 100-continue", length),
        get("CONNECT /npm/lamp HTTP/1.1"), post(chunked, body: "FFFFFFFFFFFFFFFF\r\n" + hidden),
        post(length, body: hidden),
    ]

    /// Those that end at one place for everybody: two requests behind each other, and two answers.
    ///
    /// An offer to speak HTTP/2 that is not taken up ends nothing (RFC 9110 §7.8).
    static let two = [
        get(
            "GET /npm/lamp HTTP/1.1", "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABk"),
        get("GET /npm/lamp HTTP/1.1"), post(chunked, body: short),
        post(chunked, body: "1;x=y\r\nA\r\n0\r\n\r\n" + hidden),
        post(chunked, body: "00000000000000000\r\n\r\n" + hidden), post("TE: chunked", body: hidden),
        post("Content_Length: \(hidden.utf8.count)", body: hidden),
    ]
}
