/// What a request field means to the lane.
///
/// A field that is not named here selects: it becomes a part of the key, so that an answer that was learned without it, or
/// with another value, is not given.
enum LaneField {
    case host, userAgent, authorization, ifNoneMatch, ifModifiedSince, connection, upgrade, http2Settings
    /// Nothing that answers with a public document looks at it.
    case ignored
    /// The request is complete without it, but only the framework knows the answer.
    case needsMore
    /// It may say where the request ends, or ask for something before its end: no request of the lane's grammar.
    case framing
    /// It may have a say in the answer.
    case selecting

    /// Reads a name, without regard to case.
    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer, _ name: Range<Int>) {
        func named(_ text: StaticString) -> Bool { LaneBytes.equal(bytes, name, text) }
        switch name.count {
        case 4: self = named("host") ? .host : .selecting
        case 5: self = named("range") ? .needsMore : .selecting
        case 6:
            self =
                named("cookie")
                ? .needsMore : named("expect") ? .framing : named("pragma") ? .ignored : .selecting
        case 7:
            self = named("upgrade") ? .upgrade : named("referer") ? .ignored : named("trailer") ? .framing : .selecting
        case 8: self = named("if-match") || named("if-range") ? .needsMore : .selecting
        case 9: self = named("forwarded") || named("x-real-ip") || named("npm-scope") ? .ignored : .selecting
        case 10:
            self =
                named("user-agent")
                ? .userAgent : named("connection") ? .connection : named("keep-alive") ? .ignored : .selecting
        case 11: self = named("npm-session") || named("npm-command") || named("traceparent") ? .ignored : .selecting
        case 12: self = named("x-request-id") ? .ignored : .selecting
        case 13:
            self =
                named("if-none-match")
                ? .ifNoneMatch
                : named("authorization") ? .authorization : named("cache-control") ? .ignored : .selecting
        case 14:
            self = named("content-length") ? .framing : named("http2-settings") ? .http2Settings : .selecting
        case 15: self = named("x-forwarded-for") ? .ignored : .selecting
        case 16: self = named("proxy-connection") ? .framing : .selecting
        case 17:
            self =
                named("transfer-encoding")
                ? .framing : named("if-modified-since") ? .ifModifiedSince : .selecting
        case 19: self = named("if-unmodified-since") ? .needsMore : .selecting
        default: self = .selecting
        }
    }

    /// Whether an answer that depends on this field (it stands in `Vary`) cannot be told apart by the key.
    static func isOutsideKey(_ name: some StringProtocol) -> Bool {
        let bytes = Array(name.utf8)
        return bytes.withUnsafeBytes { buffer in
            if case .selecting = LaneField(buffer, 0..<buffer.count) { return name == "*" }
            return true
        }
    }
}
