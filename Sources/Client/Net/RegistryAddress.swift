import Foundation

/// The address of a registry, as a person gives it: a scheme, a host, maybe a port and a path.
package struct RegistryAddress: Hashable, Sendable, CustomStringConvertible {
    /// Whether it is https.
    package let isSecure: Bool
    /// A name or an IP address; an IPv6 address without its brackets.
    package let host: String
    /// The port, also where it is the scheme's own.
    package let port: Int
    /// The path without a slash at its end; empty for the host's root.
    package let path: String

    /// Reads an http or https address, or returns nil for anything else.
    ///
    /// An address with a user, a password, a query or a fragment is refused rather than cut: somebody put something into
    /// it that would be lost, or shown.
    package init?(_ text: String) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            scheme == "http" || scheme == "https", parts.user == nil, parts.password == nil, parts.query == nil,
            parts.fragment == nil, var host = parts.host?.lowercased(), !host.isEmpty
        else { return nil }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        isSecure = scheme == "https"
        self.host = host
        let port = parts.port ?? (isSecure ? 443 : 80)
        guard (1...65_535).contains(port) else { return nil }
        self.port = port
        var path = parts.percentEncodedPath
        while path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    /// Host and port as they stand in an address and in a `Host` field.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Whether it is this machine, where plain http tells a token to nobody else.
    package var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasSuffix(".localhost")
            || (host.hasPrefix("127.") && host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E })
    }

    package var description: String { "\(isSecure ? "https" : "http")://\(authority)\(path)" }
}
