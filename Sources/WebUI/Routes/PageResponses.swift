import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import RegistryModel

/// How pages leave the server.
enum PageResponses {
    static let mediaType = "text/html; charset=utf-8"

    /// What a page may load and do: its own stylesheet, script and images, and forms that lead back here.
    static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'"

    /// `WWW-Authenticate` for who signs in on a page: no scheme that browsers would open a dialogue for.
    static let challenge = "Session realm=\"Hallmark\""

    /// A page for the responder that adds entity tags, compression and the cache.
    static func document(_ html: String, isPublic: Bool) -> Document {
        Document(
            body: Array(html.utf8), mediaType: mediaType, isPublic: isPublic,
            headers: [(HTTPField.Name.contentSecurityPolicy.rawName, contentSecurityPolicy)])
    }

    /// A page that says no.
    static func refusal(_ html: String, status: HTTPResponse.Status) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: mediaType, .contentSecurityPolicy: contentSecurityPolicy, .cacheControl: "no-store",
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    /// Marks what only some readers see as nothing to be stored, which says more than the responder's `private`.
    static func withoutStoring(_ response: Response) -> Response {
        guard response.headers[.cacheControl]?.hasPrefix("private") == true else { return response }
        var response = response
        response.headers[.cacheControl] = "private, no-store"
        return response
    }
}
