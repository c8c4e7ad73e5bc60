/// Where a request came from, as far as rights and notices depend on it.
package struct RequestOrigin: Hashable, Sendable {
    /// The client's IP address as text, behind trusted proxies the one that they name; empty where there is none.
    package let address: String
    /// What the client calls itself.
    package let agent: String

    /// Collects both.
    package init(address: String, agent: String = "") {
        self.address = address
        self.agent = agent
    }

    /// A caller without an address, such as the command line: it lies in no network.
    package static let unknown = RequestOrigin(address: "")

    /// The address without its last part: a /24 of IPv4, a /48 of IPv6; empty where there is none.
    package var network: String {
        guard let bytes = AddressBlock.bytes(of: address) else { return "" }
        if bytes.count == 4 { return bytes.prefix(3).map { String($0) }.joined(separator: ".") + ".0/24" }
        let groups = stride(from: 0, to: 6, by: 2).map { index in
            String(UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1]), radix: 16)
        }
        return groups.joined(separator: ":") + "::/48"
    }

    /// What a notice says about it.
    package var notice: NoticeOrigin { NoticeOrigin(network: network, agent: agent) }
}
