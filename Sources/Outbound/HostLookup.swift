import Glibc
import NIOCore
import RegistryModel

/// The addresses of a host.
enum HostLookup {
    /// How many addresses of a host are tried.
    private static let limit = 4

    /// Asks the operating system; blocks.
    /// - Throws: ``FetchFault``, also where `allowsPrivate` is false and no address is one of the public network.
    static func addresses(of host: String, port: Int, allowsPrivate: Bool) throws -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        defer { if list != nil { freeaddrinfo(list) } }
        guard status == 0 else {
            throw FetchFault.unreachable("'\(host)' cannot be found: \(String(cString: gai_strerror(status)))")
        }
        var found: [SocketAddress] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let bytes = bytes(of: entry), allowsPrivate || PublicAddress.contains(bytes) else { continue }
            if let address = try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: port) {
                found.append(address)
            }
        }
        guard !found.isEmpty else {
            throw FetchFault.refused("'\(host)' has no address in the public network")
        }
        return Array(found.prefix(limit))
    }

    /// The four bytes of a `sockaddr_in`, the sixteen of a `sockaddr_in6`.
    private static func bytes(of entry: addrinfo) -> [UInt8]? {
        guard let address = entry.ai_addr else { return nil }
        let all = Array(UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen)))
        switch entry.ai_family {
        case AF_INET: return all.count >= 8 ? Array(all[4..<8]) : nil
        case AF_INET6: return all.count >= 24 ? Array(all[8..<24]) : nil
        default: return nil
        }
    }
}
