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
        self = name.count < 11 ? Self.short(bytes, name) : Self.long(bytes, name)
    }

    @inline(__always)
    private static func short(_ bytes: UnsafeRawBufferPointer, _ name: Range<Int>) -> LaneField {
        func named(_ text: StaticString) -> Bool { LaneBytes.equal(bytes, name, text) }
        switch name.count {
        case 4: return named("host") ? .host : .selecting
        case 5: return named("range") ? .needsMore : .selecting
        case 6:
            if named("cookie") { return .needsMore }
            if named("expect") { return .framing }
            return named("pragma") ? .ignored : .selecting
        case 7:
            if named("upgrade") { return .upgrade }
            if named("referer") { return .ignored }
            return named("trailer") ? .framing : .selecting
        case 8: return named("if-match") || named("if-range") ? .needsMore : .selecting
        case 9: return named("forwarded") || named("x-real-ip") || named("npm-scope") ? .ignored : .selecting
        case 10:
            if named("user-agent") { return .userAgent }
            if named("connection") { return .connection }
            return named("keep-alive") ? .ignored : .selecting
        default: return .selecting
        }
    }

    @inline(__always)
    private static func long(_ bytes: UnsafeRawBufferPointer, _ name: Range<Int>) -> LaneField {
        func named(_ text: StaticString) -> Bool { LaneBytes.equal(bytes, name, text) }
        switch name.count {
        case 11: return named("npm-session") || named("npm-command") || named("traceparent") ? .ignored : .selecting
        case 12: return named("x-request-id") ? .ignored : .selecting
        case 13:
            if named("if-none-match") { return .ifNoneMatch }
            if named("authorization") { return .authorization }
            return named("cache-control") ? .ignored : .selecting
        case 14:
            if named("content-length") { return .framing }
            return named("http2-settings") ? .http2Settings : .selecting
        case 15: return named("x-forwarded-for") ? .ignored : .selecting
        case 16: return named("proxy-connection") ? .framing : .selecting
        case 17:
            if named("transfer-encoding") { return .framing }
            return named("if-modified-since") ? .ifModifiedSince : .selecting
        case 19: return named("if-unmodified-since") ? .needsMore : .selecting
        default: return .selecting
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
