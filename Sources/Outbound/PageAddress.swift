import RegistryModel

/// The parts of an http or https address.
struct PageAddress: Hashable {
    let isSecure: Bool
    let host: String
    let port: Int
    /// Path and query.
    let target: String

    /// Reads an address without a user's name, with a name or an IPv4 address as its host, and without spaces or fragment.
    init?(_ text: String) {
        let rest: Substring
        if text.hasPrefix("https://") {
            isSecure = true
            rest = text.dropFirst(8)
        } else if text.hasPrefix("http://") {
            isSecure = false
            rest = text.dropFirst(7)
        } else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest.dropFirst(authority.count)
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else { return nil }
        let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, DomainName.isValid(String(name)) else { return nil }
        host = name.lowercased()
        guard let number = parts.count == 2 ? UInt16(parts[1]) : (isSecure ? 443 : 80), number > 0 else { return nil }
        port = Int(number)
        target = path.hasPrefix("/") ? String(path) : "/" + path
    }

    /// Whether the host is this machine, whatever a name server says: libcurl and glibc never ask one for `localhost`.
    var isLoopback: Bool {
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return host == "localhost" || numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
    }
}
