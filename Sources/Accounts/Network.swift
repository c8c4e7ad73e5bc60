import RegistryModel

/// Client addresses cut down to the network that one customer of a provider usually has.
package enum Network {
    /// What people see and what is kept: a /24 of IPv4, a /48 of IPv6; empty where the text is no address.
    package static func shown(_ address: String) -> String { cut(address, bytes: 6) }

    /// What attempts are counted by: a /24 of IPv4, a /56 of IPv6.
    ///
    /// Providers hand a customer a /56 or a /64 of IPv6; counted by single addresses, one customer would have 2^64 tries.
    package static func counted(_ address: String) -> String { cut(address, bytes: 7) }

    private static func cut(_ address: String, bytes count: Int) -> String {
        guard let bytes = AddressBlock.bytes(of: address) else { return "" }
        if bytes.count == 4 { return bytes.prefix(3).map { String($0) }.joined(separator: ".") + ".0/24" }
        let kept = Array(bytes.prefix(count)) + [0]
        let groups = stride(from: 0, to: count, by: 2).map { index in
            String(UInt16(kept[index]) << 8 | UInt16(kept[index + 1]), radix: 16)
        }
        return groups.joined(separator: ":") + "::/\(count * 8)"
    }
}
