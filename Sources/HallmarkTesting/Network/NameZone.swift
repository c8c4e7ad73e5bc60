import Crypto
import Foundation

/// One zone of the domain name system with TXT, MX and address records, signed (DNSSEC, algorithm 13) or not.
package struct NameZone: Sendable {
    /// What is wrong with the signatures.
    package enum Signing: Sendable {
        case unsigned, signed
        /// The signatures do not fit what is signed.
        case forged
        /// The signatures are not there, though the zone's key is.
        case stripped
    }

    /// Its name, without a dot at the end.
    package let name: String
    package var signing: Signing
    private var texts: [String: [String]] = [:]
    private var others: [String: [UInt16: [[UInt8]]]] = [:]
    private let key: P256.Signing.PrivateKey

    /// An empty zone.
    package init(_ name: String, signing: Signing = .unsigned) {
        self.name = name.lowercased()
        self.signing = signing
        key = P256.Signing.PrivateKey()
    }

    /// Sets the TXT records of a name, none to remove it.
    package mutating func set(_ domain: String, _ values: [String]) {
        texts[domain.lowercased()] = values.isEmpty ? nil : values
    }

    /// Sets the mail exchangers of a name, most preferred first; the empty name is the root, which says that no mail is taken.
    package mutating func set(_ domain: String, exchangers: [String]) {
        others[domain.lowercased(), default: [:]][Kind.exchanger] = exchangers.enumerated().map { index, name in
            Self.bytes(UInt16(clamping: index)) + Self.name(name)
        }
    }

    /// Sets the addresses of a name, of four or sixteen bytes each.
    package mutating func set(_ domain: String, addresses: [[UInt8]]) {
        others[domain.lowercased(), default: [:]][Kind.address] = addresses.filter { $0.count == 4 }
        others[domain.lowercased(), default: [:]][Kind.address6] = addresses.filter { $0.count == 16 }
    }

    /// Removes a name with all that it has.
    package mutating func remove(_ domain: String) {
        texts[domain.lowercased()] = nil
        others[domain.lowercased()] = nil
    }

    /// The zone's key as a line of a trust anchor file.
    package var trustAnchor: String {
        "\(name). 3600 IN DNSKEY 257 3 13 \(Data(key.publicKey.rawRepresentation).base64EncodedString())\n"
    }

    private enum Kind {
        static let address: UInt16 = 1
        static let soa: UInt16 = 6
        static let exchanger: UInt16 = 15
        static let text: UInt16 = 16
        static let address6: UInt16 = 28
        static let signature: UInt16 = 46
        static let key: UInt16 = 48
    }

    /// Answers a query; nothing where it is none.
    func answer(_ query: [UInt8]) -> [UInt8] {
        guard query.count > 12, let (labels, end) = Self.labels(query, 12), query.count >= end + 4 else { return [] }
        let kind = UInt16(query[end]) << 8 | UInt16(query[end + 1])
        let domain = labels.joined(separator: ".").lowercased()
        let isInside = domain == name || domain.hasSuffix("." + name)
        let records = isInside ? records(domain, kind) : []
        let names = Array(texts.keys) + others.keys
        let exists = domain == name || names.contains { $0 == domain || $0.hasSuffix("." + domain) }
        var answers: [[UInt8]] = records.map { Self.record(domain, kind, $0) }
        if !records.isEmpty, let signature = signature(domain, kind, records) {
            answers.append(Self.record(domain, Kind.signature, signature))
        }
        let authority = answers.isEmpty && isInside ? [Self.record(name, Kind.soa, Self.soa(name))] : []
        let code: UInt8 = !isInside ? 5 : exists ? 0 : 3
        // An answer with authority; then a number of each: question, answers, authority, and an EDNS record.
        var out = Array(query[0..<2]) + [0x84 | query[2] & 1, code]
        out += [0, 1, 0, UInt8(answers.count), 0, UInt8(authority.count), 0, 1] + query[12..<end + 4]
        out += Array(answers.joined()) + Array(authority.joined())
        return out + [0, 0, 41, 0x10, 0, 0, 0, 0x80, 0, 0, 0]
    }

    private func records(_ domain: String, _ kind: UInt16) -> [[UInt8]] {
        switch kind {
        case Kind.text: (texts[domain] ?? []).map(Self.text)
        case Kind.key where domain == name && signing != .unsigned: [keyRecord]
        default: others[domain]?[kind] ?? []
        }
    }

    private var keyRecord: [UInt8] { [1, 1, 3, 13] + key.publicKey.rawRepresentation }

    /// The signature over a set of records ([RFC 4034, 3.1.8](https://www.rfc-editor.org/rfc/rfc4034#section-3.1.8)).
    private func signature(_ domain: String, _ kind: UInt16, _ records: [[UInt8]]) -> [UInt8]? {
        guard signing != .unsigned, signing != .stripped || kind == Kind.key else { return nil }
        let now = UInt32(clamping: Int(Date().timeIntervalSince1970))
        var head = Self.bytes(kind) + [13, UInt8(domain.split(separator: ".").count)] + Self.bytes(UInt32(3600))
        head += Self.bytes(now + 86_400) + Self.bytes(now - 86_400) + Self.bytes(tag) + Self.name(name)
        let sorted = records.sorted { $0.lexicographicallyPrecedes($1) }
        let signed = head + sorted.flatMap { Self.record(domain, kind, $0) }
        guard var bytes = (try? key.signature(for: signed)).map({ Array($0.rawRepresentation) }) else { return nil }
        if signing == .forged, kind != Kind.key { bytes[8] ^= 1 }
        return head + bytes
    }

    /// The key's tag ([RFC 4034, appendix B](https://www.rfc-editor.org/rfc/rfc4034#appendix-B)).
    private var tag: UInt16 {
        var sum: UInt32 = 0
        for (index, byte) in keyRecord.enumerated() { sum += index % 2 == 0 ? UInt32(byte) << 8 : UInt32(byte) }
        return UInt16(truncatingIfNeeded: sum + sum >> 16 & 0xFFFF)
    }

    private static func record(_ domain: String, _ kind: UInt16, _ data: [UInt8]) -> [UInt8] {
        name(domain) + bytes(kind) + [0, 1] + bytes(UInt32(3600)) + bytes(UInt16(clamping: data.count)) + data
    }

    private static func soa(_ zone: String) -> [UInt8] {
        name(zone) + name(zone) + [UInt32(1), 60, 60, 60, 60].flatMap { bytes($0) }
    }

    /// A text in parts of at most 255 bytes.
    private static func text(_ value: String) -> [UInt8] {
        var rest = Array(value.utf8)[...]
        var out: [UInt8] = []
        repeat {
            let part = rest.prefix(255)
            out += [UInt8(part.count)] + part
            rest = rest.dropFirst(255)
        } while !rest.isEmpty
        return out
    }

    private static func name(_ domain: String) -> [UInt8] {
        domain.split(separator: ".").flatMap { [UInt8(clamping: $0.utf8.count)] + Array($0.utf8) } + [0]
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private static func labels(_ query: [UInt8], _ start: Int) -> (labels: [String], end: Int)? {
        var labels: [String] = []
        var place = start
        while place < query.count {
            let length = Int(query[place])
            place += 1
            if length == 0 { return (labels, place) }
            guard length < 64, place + length <= query.count else { return nil }
            labels.append(String(decoding: query[place..<place + length], as: UTF8.self))
            place += length
        }
        return nil
    }
}
