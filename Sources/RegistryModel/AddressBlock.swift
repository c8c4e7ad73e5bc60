#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A range of IP addresses in CIDR form (`10.0.0.0/8`, `::1`, `fd00::/8`).
package struct AddressBlock: Hashable, Sendable, CustomStringConvertible {
    private let prefix: [UInt8]
    private let bits: Int
    private let text: String

    /// Reads an address or a CIDR block; nil where it is neither.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let bytes = Self.bytes(of: String(first)) else { return nil }
        let limit = bytes.count * 8
        if parts.count == 2 {
            guard let count = Int(parts[1]), (0...limit).contains(count) else { return nil }
            bits = count
        } else {
            bits = limit
        }
        prefix = bytes
        self.text = text
    }

    /// Whether the address lies in the block.
    ///
    /// Text that is no address lies in none.
    package func contains(_ address: String) -> Bool {
        guard let bytes = Self.bytes(of: address), bytes.count == prefix.count else { return false }
        let whole = bits / 8
        guard bytes.prefix(whole) == prefix.prefix(whole) else { return false }
        let rest = bits % 8
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> rest)
        return bytes[whole] & mask == prefix[whole] & mask
    }

    package var description: String { text }

    /// A list that no address lies in: a single address that no client has.
    package static let none = ["0.0.0.0/32"].compactMap { AddressBlock($0) }

    /// The 4 or 16 bytes of an address; an IPv4 address in IPv6 clothing (`::ffff:1.2.3.4`) gives 4.
    package static func bytes(of address: String) -> [UInt8]? {
        guard address.utf8.count <= 45, !address.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, address, &bytes) == 1 { return Array(bytes.prefix(4)) }
        guard inet_pton(AF_INET6, address, &bytes) == 1 else { return nil }
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes[12...]) : bytes
    }
}
