package import HTTPTypes
package import RegistryModel

/// Where a form was sent from, as the browser says it.
///
/// Beside the token in the form: a browser names the page's origin with every POST, and since 2023 also how that relates to
/// ours ([Fetch Metadata](https://www.w3.org/TR/fetch-metadata/)). A client that says neither is no browser, and has no
/// cookies that a stranger could use.
package enum FormOrigin {
    /// Refuses what another site's page sent.
    /// - Throws: ``Problem/Code/forbidden``.
    package static func check(_ headers: HTTPFields, publicURL: PublicURL) throws(Problem) {
        let site = headers[.secFetchSite]
        let isOwnSite = site == nil || site == "same-origin" || site == "none"
        let origin = headers[.origin]
        let isOwnOrigin = origin == nil || origin.map { isOwn($0, publicURL) } == true
        guard isOwnSite, isOwnOrigin else {
            throw Problem(
                .forbidden,
                "This was sent from a page of another address. Nothing was changed. Open the page at \(publicURL) and try again.",
                diagnostic: "origin \(origin ?? "-"), site \(site ?? "-")")
        }
    }

    private static func isOwn(_ origin: String, _ publicURL: PublicURL) -> Bool {
        let start = publicURL.isSecure ? "https://" : "http://"
        let authority = publicURL.text.dropFirst(start.count).prefix { $0 != "/" }
        return origin.lowercased() == start + authority.lowercased()
    }
}
