package import HTTPTypes
package import RegistryModel

/// The reverse proxies whose word about the client is taken.
///
/// Nothing a client sends is believed: the forwarding headers count only when the connection itself comes from a listed
/// block, and the list of addresses is read from its end, which the nearest proxy wrote, up to the first address that is
/// no proxy of ours.
package struct TrustedProxies: Sendable {
    /// The blocks; empty where there is no proxy.
    package let blocks: [AddressBlock]

    /// Trusts the given blocks.
    package init(_ blocks: [AddressBlock] = []) {
        self.blocks = blocks
    }

    /// Whether a connection from that address is a proxy's.
    package func trusts(_ address: String) -> Bool {
        blocks.contains { $0.contains(address) }
    }

    /// Where the request came from.
    ///
    /// `Forwarded` ([RFC 7239](https://www.rfc-editor.org/rfc/rfc7239)) is preferred to `X-Forwarded-For` and
    /// `X-Forwarded-Proto`.
    /// - Parameters:
    ///   - peer: The address of the connection.
    ///   - isSecure: Whether the connection is encrypted.
    ///   - headers: The request's header fields.
    /// - Returns: The peer itself unless it is a trusted proxy.
    package func origin(peer: String, isSecure: Bool, headers: HTTPFields) -> ClientOrigin {
        guard !blocks.isEmpty, trusts(peer) else {
            return ClientOrigin(address: peer, isSecure: isSecure, isProxied: false)
        }
        if let forwarded = headers[values: .forwarded].nonEmptyJoined {
            let hops = forwarded.split(separator: ",").suffix(Self.maximumHops).map(ForwardedHop.init)
            let address = nearestClient(hops.compactMap(\.address))
            let secure = hops.last?.proto.map { $0 == "https" }
            return ClientOrigin(address: address ?? peer, isSecure: secure ?? isSecure, isProxied: true)
        }
        let chain = headers[values: .xForwardedFor].nonEmptyJoined.map { list in
            list.split(separator: ",").suffix(Self.maximumHops).compactMap { ForwardedHop.address(in: $0) }
        }
        let scheme = headers[values: .xForwardedProto].last.flatMap { $0.split(separator: ",").last }
        let secure = scheme.map { ForwardedHop.trimmed($0).lowercased() == "https" }
        return ClientOrigin(
            address: chain.flatMap(nearestClient) ?? peer, isSecure: secure ?? isSecure, isProxied: true)
    }

    private static let maximumHops = 20

    private func nearestClient(_ chain: [String]) -> String? {
        chain.last { !trusts($0) } ?? chain.first
    }
}

/// One element of a forwarding header.
private struct ForwardedHop {
    var address: String?
    var proto: String?

    init(_ element: Substring) {
        for pair in element.split(separator: ";").prefix(8) {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            switch Self.trimmed(parts[0]).lowercased() {
            case "for": address = Self.address(in: parts[1])
            case "proto": proto = Self.trimmed(parts[1]).lowercased()
            default: break
            }
        }
    }

    /// The address in `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` or `"[2001:db8::1]:80"`; nil for anything else.
    static func address(in text: Substring) -> String? {
        var text = trimmed(text)
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            text = String(text[text.index(after: text.startIndex)..<end])
        } else if text.utf8.count(where: { $0 == UInt8(ascii: ":") }) == 1, let colon = text.firstIndex(of: ":") {
            text = String(text[..<colon])
        }
        return AddressBlock.bytes(of: text) == nil ? nil : text
    }

    static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\"" }.reversed().drop { $0 == " " || $0 == "\"" }.reversed())
    }
}

extension [String] {
    fileprivate var nonEmptyJoined: String? { isEmpty ? nil : joined(separator: ",") }
}
