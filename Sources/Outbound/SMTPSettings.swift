import RegistryModel

/// The mail server that messages are handed over to.
package struct SMTPSettings: Hashable, Sendable {
    /// How the connection is protected.
    package enum Security: Hashable, Sendable {
        /// TLS from the first byte: `smtps://`.
        case tls
        /// TLS after STARTTLS, without which nothing is sent: `smtp://`.
        case startTLS
        /// Nothing, which only a server on this machine is trusted with: `smtp+plain://`.
        case none
    }

    package let security: Security
    package let host: String
    package let port: Int
    /// The name to sign in with, or nil.
    package let user: String?
    /// The password; it is never printed.
    package var password: String?
    /// A file with certificates that are trusted beside the system's.
    package var authorities: String?
    /// What this machine calls itself.
    package var helloName = "localhost"
    /// After how long the server is given up.
    package var seconds = 30

    /// Reads `smtp://[USER@]HOST[:PORT]`, `smtps://…` or `smtp+plain://…`, or returns nil where it is none of them.
    ///
    /// The `@` of a user's name is written `%40`.
    package init?(_ text: String) {
        let schemes: [(String, Security, Int)] = [
            ("smtps://", .tls, 465), ("smtp://", .startTLS, 587), ("smtp+plain://", .none, 25),
        ]
        guard let scheme = schemes.first(where: { text.hasPrefix($0.0) }) else { return nil }
        let rest = text.dropFirst(scheme.0.count)
        let parts = rest.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let place = PageAddress("http://\(parts[parts.count - 1])"), place.target == "/" else { return nil }
        if parts.count == 2 {
            let name = parts[0].replacing("%40", with: "@")
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }) else {
                return nil
            }
            user = String(name)
        } else {
            user = nil
        }
        guard scheme.1 != .none || place.isLoopback else { return nil }
        security = scheme.1
        host = place.host
        port = parts[parts.count - 1].contains(":") ? place.port : scheme.2
    }
}
