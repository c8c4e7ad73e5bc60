import RegistryModel

/// Client addresses cut down to the network that one customer of a provider usually has.
package enum Network {
    /// What people see and what is kept: a /24 of IPv4, a /48 of IPv6; empty where the text is no address.
    package static func shown(_ address: String) -> String { RequestOrigin(address: address).network }

    /// What attempts are counted by: a /24 of IPv4, a /56 of IPv6.
    ///
    /// Providers hand a customer a /56 or a /64 of IPv6; counted by single addresses, one customer would have 2^64 tries.
    package static func counted(_ address: String) -> String {
        guard let bytes = AddressBlock.bytes(of: address), bytes.count == 16 else { return shown(address) }
        let kept = Array(bytes.prefix(7)) + [0]
        let groups = stride(from: 0, to: 8, by: 2).map { index in
            String(UInt16(kept[index]) << 8 | UInt16(kept[index + 1]), radix: 16)
        }
        return groups.joined(separator: ":") + "::/56"
    }
}
