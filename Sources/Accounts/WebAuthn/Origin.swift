/// The origin of the pages, and the relying party that it makes
/// ([WebAuthn, 5.4.2](https://www.w3.org/TR/webauthn-3/#rp-id)).
package struct Origin: Hashable, Sendable {
    /// Scheme, host and port as browsers write them: without a port that is the scheme's own.
    package let text: String
    /// The host without its port.
    package let relyingParty: String

    /// Reads the address of the pages.
    package init(_ publicURL: String) {
        let isSecure = publicURL.lowercased().hasPrefix("https://")
        let rest = publicURL.dropFirst(isSecure ? 8 : 7).prefix { $0 != "/" }.lowercased()
        let colon = rest.lastIndex(of: ":")
        let port = colon.flatMap { Int(rest[rest.index(after: $0)...]) }
        let host = port == nil ? rest : String(rest[..<(colon ?? rest.endIndex)])
        relyingParty = host
        let standard = isSecure ? 443 : 80
        let suffix = port.map { $0 == standard ? "" : ":\($0)" } ?? ""
        text = (isSecure ? "https://" : "http://") + host + suffix
    }
}
