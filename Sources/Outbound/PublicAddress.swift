/// Addresses of the public network: those that what a stranger names may lead to.
enum PublicAddress {
    /// Whether an address of 4 or 16 bytes is one of them, as the
    /// [special-purpose registries](https://www.iana.org/assignments/iana-ipv4-special-registry) say.
    static func contains(_ bytes: [UInt8]) -> Bool {
        switch bytes.count {
        case 4: !special.contains { matches(bytes, $0.0, $0.1) }
        // Of IPv6, global unicast alone, without documentation and what carries IPv4 addresses inside.
        case 16: matches(bytes, [0x20], 3) && !tunnelled.contains { matches(bytes, $0.0, $0.1) }
        default: false
        }
    }

    private static let special: [([UInt8], Int)] = [
        ([0], 8), ([10], 8), ([100, 64], 10), ([127], 8), ([169, 254], 16), ([172, 16], 12), ([192, 0, 0], 24),
        ([192, 0, 2], 24), ([192, 88, 99], 24), ([192, 168], 16), ([198, 18], 15), ([198, 51, 100], 24),
        ([203, 0, 113], 24), ([224], 3),
    ]
    private static let tunnelled: [([UInt8], Int)] = [
        ([0x20, 0x01, 0x00, 0x00], 23), ([0x20, 0x01, 0x0D, 0xB8], 32), ([0x20, 0x02], 16),
        ([0x3F, 0xFF, 0x00], 20),
    ]

    private static func matches(_ bytes: [UInt8], _ prefix: [UInt8], _ length: Int) -> Bool {
        for bit in 0..<length {
            let own = bytes[bit / 8] >> (7 - bit % 8) & 1
            let wanted = bit / 8 < prefix.count ? prefix[bit / 8] >> (7 - bit % 8) & 1 : 0
            if own != wanted { return false }
        }
        return true
    }
}
