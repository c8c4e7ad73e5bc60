package import Hummingbird

/// A cookie of the pages: never readable by scripts, never sent along by other sites' forms, for the whole host.
///
/// On https its name begins with `__Host-`, which a browser accepts only with `Secure`, `Path=/` and without `Domain`: no
/// other host of the domain can set it. On plain http, which is for a machine of one's own, it has neither.
package struct PageCookie: Hashable, Sendable {
    /// Its name as browsers send it.
    package let name: String
    private let isSecure: Bool

    /// Names a cookie of a registry at that address.
    package init(_ base: String, at publicURL: PublicURL) {
        isSecure = publicURL.isSecure
        name = isSecure ? "__Host-\(base)" : base
    }

    /// The secret of somebody's session.
    package static func session(_ publicURL: PublicURL) -> PageCookie { PageCookie("hallmark", at: publicURL) }

    /// What ties forms for people who are not signed in to the browser that asked for them.
    package static func form(_ publicURL: PublicURL) -> PageCookie { PageCookie("hallmark-form", at: publicURL) }

    /// What happened with the last form, told on the next page.
    package static func note(_ publicURL: PublicURL) -> PageCookie { PageCookie("hallmark-note", at: publicURL) }

    /// The browser as one that an account was signed in from before.
    package static func device(_ publicURL: PublicURL) -> PageCookie { PageCookie("hallmark-device", at: publicURL) }

    /// Its value in a request; nil where it has none, or two.
    package func value(_ request: Request) -> String? { RequestCookies(request.headers)[name] }

    /// The `Set-Cookie` value.
    /// - Parameters:
    ///   - value: Its value: letters, digits, `-`, `_` and `.` only.
    ///   - seconds: How long the browser keeps it; nil until it is closed.
    /// - Returns: The header's value.
    package func setting(_ value: String, seconds: Int64? = nil) -> String {
        let age = seconds.map { "; Max-Age=\($0)" } ?? ""
        return "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax\(isSecure ? "; Secure" : "")\(age)"
    }

    /// The `Set-Cookie` value that takes it away.
    package var clearing: String { setting("", seconds: 0) }
}
