package import NIOHPACK

extension LaneRequest {
    /// The pseudo fields of a request, [RFC 9113 §8.3.1](https://www.rfc-editor.org/rfc/rfc9113#section-8.3.1).
    private struct Pseudo: OptionSet {
        let rawValue: UInt8

        static let method = Pseudo(rawValue: 1)
        static let scheme = Pseudo(rawValue: 2)
        static let authority = Pseudo(rawValue: 4)
        static let path = Pseudo(rawValue: 8)
        static let all: Pseudo = [.method, .scheme, .authority, .path]
    }

    /// Reads the head of a request on a stream of HTTP/2, under the same rules as one of HTTP/1.1.
    ///
    /// Beyond them: all four pseudo fields, each once and before the others; names in lower case; no `Host`, which could
    /// contradict `:authority`; none of the fields that belong to a connection of HTTP/1.1. Whatever ``FieldBlock`` would
    /// refuse is no request of the grammar either, so that nobody has to ask it about those that are.
    /// - Parameters:
    ///   - headers: The head, as the decoder of HTTP/2 gives it.
    ///   - scratch: Gets the texts; the places in the request are places in it.
    ///   - limits: The same bounds that hold for HTTP/1.1.
    ///   - key: Gets what selects the answer.
    /// - Returns: Whether it is a request of the grammar; only then the properties and the key mean something.
    package mutating func read(
        _ headers: HPACKHeaders, into scratch: inout LaneScratch, limits: ConnectionLimits, key: inout LaneKey
    ) -> Bool {
        scratch.reset()
        var seen: Pseudo = []
        var isBehindPseudo = false
        for (name, value, _) in headers {
            guard let name = scratch.append(name), let value = scratch.append(value), !name.isEmpty else {
                return false
            }
            let bytes = scratch.contents
            if bytes[name.lowerBound] == .colon {
                guard !isBehindPseudo, let pseudo = takePseudo(bytes, name, value, limits, &key),
                    seen.insert(pseudo).inserted
                else { return false }
            } else {
                isBehindPseudo = true
                guard takeField(bytes, name, value, limits, &key) else { return false }
            }
        }
        guard seen == .all else { return false }
        hosts = 1
        return isWhole()
    }

    private mutating func takePseudo(
        _ bytes: UnsafeRawBufferPointer, _ name: Range<Int>, _ value: Range<Int>, _ limits: ConnectionLimits,
        _ key: inout LaneKey
    ) -> Pseudo? {
        func named(_ text: StaticString) -> Bool { Self.equal(bytes, name, text) }
        if named(":path") {
            guard let first = value.first, bytes[first] == UInt8(ascii: "/"), value.count <= limits.targetBytes,
                value.allSatisfy({ LaneBytes.isTarget(bytes[$0]) })
            else { return nil }
            target = value
            key.append(bytes, value)
            return .path
        }
        if named(":method") {
            isHead = Self.equal(bytes, value, "HEAD")
            return isHead || Self.equal(bytes, value, "GET") ? .method : nil
        }
        if named(":authority") {
            let isHost = !value.isEmpty && value.count <= 255 && value.allSatisfy { LaneBytes.isHost(bytes[$0]) }
            return isHost ? .authority : nil
        }
        return named(":scheme") && Self.equal(bytes, value, "https") ? .scheme : nil
    }

    private mutating func takeField(
        _ bytes: UnsafeRawBufferPointer, _ name: Range<Int>, _ value: Range<Int>, _ limits: ConnectionLimits,
        _ key: inout LaneKey
    ) -> Bool {
        fields += 1
        fieldBytes += name.count + value.count
        guard fields <= limits.headerCount, fieldBytes <= limits.headerBytes,
            name.allSatisfy({ LaneBytes.isLowerToken(bytes[$0]) }), value.allSatisfy({ LaneBytes.isText(bytes[$0]) })
        else { return false }
        // Space around a value is not part of it in HTTP/1.1, and not allowed in HTTP/2.
        if let first = value.first, let last = value.last, bytes[first] <= .space || bytes[last] <= .space {
            return false
        }
        if Self.equal(bytes, name, "te"), !Self.equal(bytes, value, "trailers") { return false }
        if Self.equal(bytes, name, "keep-alive") { return false }
        switch LaneField(bytes, name) {
        case .host, .connection, .upgrade, .http2Settings: return false
        default: return take(bytes, name: name, value: value, line: name, key: &key)
        }
    }

    /// Whether the bytes are exactly this text.
    @inline(__always)
    private static func equal(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { text in
            for index in 0..<text.count where bytes[range.lowerBound + index] != text[index] { return false }
            return true
        }
    }
}
