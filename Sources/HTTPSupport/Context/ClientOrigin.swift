/// Where a request came from.
package struct ClientOrigin: Hashable, Sendable {
    /// The IP address as text, empty for a socket that has none.
    package let address: String
    /// Whether the client's own connection is encrypted.
    package let isSecure: Bool
    /// Whether a trusted proxy said so.
    package let isProxied: Bool

    /// Collects what the connection or a trusted proxy says.
    package init(address: String, isSecure: Bool, isProxied: Bool) {
        self.address = address
        self.isSecure = isSecure
        self.isProxied = isProxied
    }
}
