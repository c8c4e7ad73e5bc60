package import NIOHPACK

/// Why a block of fields on a stream of HTTP/2 is malformed,
/// [RFC 9113 §8.2 and §8.3](https://www.rfc-editor.org/rfc/rfc9113#section-8.2).
package enum MalformedFields: Error, Hashable, Sendable {
    /// A name that is no token in lower case.
    case name
    /// A value with a character that ends a field in HTTP/1.1, or in a pseudo field one that ends a part of the request line.
    case value
    /// A field that belongs to a connection of HTTP/1.1, or `TE` with anything but `trailers`.
    case connection
    /// A pseudo field behind others, twice, unknown, or in a block that has none of its kind.
    case pseudo
    /// A pseudo field that has to be there is not, or is empty.
    case missing
}

/// What a block of fields on a stream is for, and the rules that hold for it.
///
/// `NIOHTTP2Handler` has the same rules and would apply them to every block of every stream. They are applied here, once, by
/// who takes the block: the lane, whose grammar asks for more, does not pay for them a second time. The verdicts on what
/// clients send are the same, which the tests hold against NIO's own; of answers, NIO also asks that the first block has
/// `:status` and the last has not, which the framework's codec sees to.
package enum FieldBlock: Hashable, Sendable {
    /// The head of a request.
    case request
    /// What follows the content of a request.
    case trailers
    /// What the server sends: heads, with nothing but `:status` as a pseudo field, and trailers.
    case answer

    /// Holds a block against the rules.
    ///
    /// Extended CONNECT ([RFC 8441](https://www.rfc-editor.org/rfc/rfc8441)) is not offered, so `:protocol` is unknown. As
    /// in NIO, space around a value is let through, which RFC 9113 does not allow.
    package func check(_ headers: HPACKHeaders) throws(MalformedFields) {
        var seen: Pseudo = []
        var isConnect = false
        var isBehindPseudo = false
        for (name, value, _) in headers {
            guard name.utf8.first == .colon else {
                isBehindPseudo = true
                try checkField(name, value)
                continue
            }
            guard name.utf8.dropFirst().isName else { throw .name }
            guard !value.utf8.contains(where: { $0 <= .space || $0 == 0x7F }) else { throw .value }
            guard !isBehindPseudo, let pseudo = Pseudo(name), seen.insert(pseudo).inserted else { throw .pseudo }
            if pseudo == .method { isConnect = value == "CONNECT" }
            if pseudo == .path, value.isEmpty { throw .missing }
        }
        try checkPseudo(seen, isConnect: isConnect)
    }

    private func checkField(_ name: String, _ value: String) throws(MalformedFields) {
        guard name.utf8.isName else { throw .name }
        switch name {
        case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade": throw .connection
        case "te" where self == .request && value != "trailers": throw .connection
        default: break
        }
        let ends = { (byte: UInt8) in byte == 0 || byte == .lineFeed || byte == .carriageReturn }
        guard !value.utf8.contains(where: ends) else { throw .value }
    }

    private func checkPseudo(_ seen: Pseudo, isConnect: Bool) throws(MalformedFields) {
        let (needed, allowed): (Pseudo, Pseudo) =
            switch self {
            case .request where isConnect: ([.method, .authority], [.method, .authority])
            case .request: ([.method, .scheme, .path], [.method, .scheme, .path, .authority])
            case .trailers: ([], [])
            case .answer: ([], .status)
            }
        guard allowed.isSuperset(of: seen) else { throw .pseudo }
        guard needed.isSubset(of: seen) else { throw .missing }
    }

    private struct Pseudo: OptionSet {
        let rawValue: UInt8

        static let method = Pseudo(rawValue: 1)
        static let scheme = Pseudo(rawValue: 2)
        static let authority = Pseudo(rawValue: 4)
        static let path = Pseudo(rawValue: 8)
        static let status = Pseudo(rawValue: 16)

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init?(_ name: String) {
            switch name {
            case ":method": self = .method
            case ":scheme": self = .scheme
            case ":authority": self = .authority
            case ":path": self = .path
            case ":status": self = .status
            default: return nil
            }
        }
    }
}

extension Collection<UInt8> {
    /// Whether it is the name of a field, in lower case as HTTP/2 wants it.
    fileprivate var isName: Bool { !isEmpty && allSatisfy { LaneBytes.isLowerToken($0) } }
}
