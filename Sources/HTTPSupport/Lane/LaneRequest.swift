/// What the lane's grammar reads of one request: places in the bytes, never copies of them.
///
/// The grammar is a small part of [RFC 9112](https://www.rfc-editor.org/rfc/rfc9112): a GET or HEAD of HTTP/1.1 in origin
/// form, without content, in the one spelling that every parser reads alike. Whatever goes beyond it is no request to the
/// lane, however valid it may be.
package struct LaneRequest {
    /// What the bytes begin with.
    enum Reading: Hashable {
        /// A complete request of the grammar, ``LaneRequest/length`` bytes long.
        case request
        /// The beginning of one, as far as can be seen.
        case incomplete
        /// Something else.
        case other
    }

    /// Bytes from the beginning of the request up to the end of its head, which is the end of the request.
    var length = 0
    package var isHead = false
    package var target = 0..<0
    /// Begins at 0 where the field is missing.
    var userAgent = 0..<0
    /// The one `If-None-Match`; nil where there is none.
    package var ifNoneMatch: Range<Int>?
    /// Whether nothing in it needs more than the lane knows: no range, no cookie, no condition but `If-None-Match`.
    package var isPlain = true
    var hasAuthorization = false
    /// Whether it offers an upgrade to HTTP/2, which the lane does not pass on.
    private(set) var offersUpgrade = false

    var hosts = 0
    var fields = 0
    var fieldBytes = 0
    private var hasModifiedSince = false
    private var connectionNamesUpgrade = false
    private var connectionLine: Range<Int>?
    private var upgradeLine: Range<Int>?
    private var settingsLine: Range<Int>?

    /// Nothing that has been read yet.
    package init() {}

    /// The lines of the offer, in the order of the request.
    var upgradeLines: [Range<Int>] {
        [connectionLine, upgradeLine, settingsLine].compactMap(\.self).sorted { $0.lowerBound < $1.lowerBound }
    }

    /// Reads the beginning of `bytes`.
    /// - Parameters:
    ///   - bytes: What arrived.
    ///   - limits: The same bounds that hold behind the lane.
    ///   - key: Gets what selects the answer: the target, and every field that is not known to be without influence.
    /// - Returns: Whether it is a request; only then the properties and the key mean something.
    mutating func read(
        _ bytes: UnsafeRawBufferPointer, limits: ConnectionLimits, key: inout LaneKey
    ) -> Reading {
        var at = 0
        switch readLine(bytes, at: &at, limits: limits, key: &key) {
        case .request: break
        case let ended: return ended
        }
        while true {
            guard at < bytes.count else { return .incomplete }
            if bytes[at] == .carriageReturn {
                guard at + 1 < bytes.count else { return .incomplete }
                guard bytes[at + 1] == .lineFeed else { return .other }
                length = at + 2
                return isWhole() ? .request : .other
            }
            switch readField(bytes, at: &at, limits: limits, key: &key) {
            case .request: continue
            case let ended: return ended
            }
        }
    }

    /// What only the whole head shows.
    mutating func isWhole() -> Bool {
        guard hosts == 1 else { return false }
        if upgradeLine != nil || settingsLine != nil || connectionNamesUpgrade {
            // An offer of HTTP/2 in the form that clients send; a server may ignore it (RFC 9110 §7.8).
            guard upgradeLine != nil, connectionNamesUpgrade else { return false }
            offersUpgrade = true
        }
        if hasModifiedSince, ifNoneMatch == nil { isPlain = false }
        return true
    }

    private mutating func readLine(
        _ bytes: UnsafeRawBufferPointer, at: inout Int, limits: ConnectionLimits, key: inout LaneKey
    ) -> Reading {
        if Self.begins(bytes, with: "GET /") {
            at = 4
        } else if Self.begins(bytes, with: "HEAD /") {
            isHead = true
            at = 5
        } else {
            return Self.couldBegin(bytes, with: "GET /") || Self.couldBegin(bytes, with: "HEAD /")
                ? .incomplete : .other
        }
        let start = at
        while at < bytes.count, LaneBytes.isTarget(bytes[at]) { at += 1 }
        guard at - start <= limits.targetBytes else { return .other }
        guard at < bytes.count else { return .incomplete }
        target = start..<at
        let rest = UnsafeRawBufferPointer(rebasing: bytes[at...])
        guard Self.begins(rest, with: " HTTP/1.1\r\n") else {
            return Self.couldBegin(rest, with: " HTTP/1.1\r\n") ? .incomplete : .other
        }
        at += 11
        key.append(bytes, target)
        return .request
    }

    private mutating func readField(
        _ bytes: UnsafeRawBufferPointer, at: inout Int, limits: ConnectionLimits, key: inout LaneKey
    ) -> Reading {
        let line = at
        while at < bytes.count, LaneBytes.isToken(bytes[at]) { at += 1 }
        guard at < bytes.count else { return .incomplete }
        let name = line..<at
        guard !name.isEmpty, bytes[at] == .colon else { return .other }
        at += 1
        while at < bytes.count, bytes[at] == .space || bytes[at] == .tab { at += 1 }
        let start = at
        while at < bytes.count, LaneBytes.isText(bytes[at]) { at += 1 }
        guard at < bytes.count else { return .incomplete }
        guard bytes[at] == .carriageReturn else { return .other }
        guard at + 1 < bytes.count else { return .incomplete }
        guard bytes[at + 1] == .lineFeed else { return .other }
        let value = start..<at
        at += 2
        fields += 1
        fieldBytes += name.count + value.count
        guard fields <= limits.headerCount, fieldBytes <= limits.headerBytes else { return .other }
        return take(bytes, name: name, value: value, line: line..<at, key: &key) ? .request : .other
    }

    mutating func take(
        _ bytes: UnsafeRawBufferPointer, name: Range<Int>, value: Range<Int>, line: Range<Int>, key: inout LaneKey
    ) -> Bool {
        switch LaneField(bytes, name) {
        case .host:
            hosts += 1
            return value.count <= 255 && value.allSatisfy { LaneBytes.isHost(bytes[$0]) }
        case .userAgent:
            if userAgent.lowerBound > 0 { isPlain = false }
            userAgent = value
        case .authorization: hasAuthorization = true
        case .ignored: break
        case .ifNoneMatch:
            if ifNoneMatch != nil { isPlain = false }
            ifNoneMatch = value
        case .ifModifiedSince: hasModifiedSince = true
        case .needsMore: isPlain = false
        case .connection: return takeConnection(bytes, value, line)
        case .upgrade:
            guard upgradeLine == nil else { return false }
            upgradeLine = line
            return LaneBytes.equal(bytes, value, "h2c")
        case .http2Settings:
            guard settingsLine == nil else { return false }
            settingsLine = line
        case .framing: return false
        case .selecting: key.append(bytes, name, value)
        }
        return true
    }

    private mutating func takeConnection(
        _ bytes: UnsafeRawBufferPointer, _ value: Range<Int>, _ line: Range<Int>
    ) -> Bool {
        guard connectionLine == nil else { return false }
        connectionLine = line
        if LaneBytes.equal(bytes, value, "keep-alive") { return true }
        var namesOthers = false
        var at = value.lowerBound
        while at < value.upperBound {
            let end = value[at...].first { bytes[$0] == .comma } ?? value.upperBound
            var option = at..<end
            while let first = option.first, bytes[first] == .space { option = option.dropFirst() }
            if LaneBytes.equal(bytes, option, "upgrade") {
                connectionNamesUpgrade = true
            } else if !LaneBytes.equal(bytes, option, "http2-settings"),
                !LaneBytes.equal(bytes, option, "keep-alive")
            {
                namesOthers = true
            }
            at = end + 1
        }
        guard connectionNamesUpgrade else {
            // `close`, or something that nobody here knows: not for the lane, but a request without content still.
            isPlain = false
            return true
        }
        return !namesOthers
    }

    private static func begins(_ bytes: UnsafeRawBufferPointer, with text: StaticString) -> Bool {
        bytes.count >= text.utf8CodeUnitCount && couldBegin(bytes, with: text)
    }

    /// Whether the bytes agree with the text as far as both go.
    private static func couldBegin(_ bytes: UnsafeRawBufferPointer, with text: StaticString) -> Bool {
        text.withUTF8Buffer { text in
            for index in 0..<min(text.count, bytes.count) where bytes[index] != text[index] { return false }
            return true
        }
    }
}
