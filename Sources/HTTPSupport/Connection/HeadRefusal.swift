import NIOHTTP1

/// Why a request head is refused before anybody else sees it.
struct HeadRefusal: Hashable {
    let status: HTTPResponseStatus
    let detail: String

    static let slow = HeadRefusal(.requestTimeout, "The request's header did not arrive in time.")
    static let targetTooLong = HeadRefusal(.uriTooLong, "The request's target is too long.")
    static let headerTooLarge = HeadRefusal(.requestHeaderFieldsTooLarge, "The request's header is too large.")
    static let malformed = HeadRefusal(.badRequest, "The request is not valid HTTP/1.1.")

    private init(_ status: HTTPResponseStatus, _ detail: String) {
        self.status = status
        self.detail = detail
    }

    /// Looks for what two programs could understand differently, and for what the bounds forbid.
    ///
    /// The decoder has refused most of it already; this does not rely on that.
    /// [RFC 9112 §6.3](https://www.rfc-editor.org/rfc/rfc9112#section-6.3) for lengths,
    /// [§3.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2) for the host. Stricter than the RFC: equal repeated
    /// lengths, transfer codings other than `chunked`, and targets with bytes that are not visible ASCII are refused.
    static func check(_ head: HTTPRequestHead, limits: ConnectionLimits) -> HeadRefusal? {
        guard head.uri.utf8.count <= limits.targetBytes else { return .targetTooLong }
        guard head.uri.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return HeadRefusal(.badRequest, "The request's target holds characters that have to be percent-encoded.")
        }
        let lengths = head.headers["content-length"]
        guard lengths.count <= 1 else {
            return HeadRefusal(.badRequest, "The request has several Content-Length fields.")
        }
        let hosts = head.headers["host"]
        if head.version != .http1_0, hosts.count != 1 {
            return HeadRefusal(
                .badRequest, hosts.isEmpty ? "The request has no Host." : "The request has several hosts.")
        }
        guard hosts.allSatisfy(isHost) else { return HeadRefusal(.badRequest, "The request's Host is malformed.") }
        return checkCoding(head, hasLength: !lengths.isEmpty)
    }

    private static func checkCoding(_ head: HTTPRequestHead, hasLength: Bool) -> HeadRefusal? {
        let codings = head.headers["transfer-encoding"]
        guard !codings.isEmpty else { return nil }
        guard !hasLength else {
            return HeadRefusal(.badRequest, "The request has both a Content-Length and a Transfer-Encoding.")
        }
        guard head.version != .http1_0 else {
            return HeadRefusal(.badRequest, "HTTP/1.0 knows no Transfer-Encoding.")
        }
        guard codings.count == 1, codings[0].lowercased() == "chunked" else {
            return HeadRefusal(.notImplemented, "The only transfer coding that is understood is chunked.")
        }
        return nil
    }

    /// A registered name, an address, and a port: the characters that can stand in one, not more.
    private static func isHost(_ host: String) -> Bool {
        host.utf8.count <= 255
            && host.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-._~%!$&'()*+,;=:[]".utf8.contains(byte)
                }
            }
    }
}
