package import Accounts
import HTTPTypes
package import Hummingbird
import Logging
package import NIOCore
import NIOHTTPTypes
import RegistryModel

/// What every handler knows about the request beside the request itself.
///
/// Hummingbird makes it before it looks at the request, so ``RequestIdentity``, the first middleware, fills in what comes
/// from the headers.
package struct RegistryContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection (HTTP/1.1) or the stream (HTTP/2).
    package let channel: any Channel
    /// Where the request came from, behind trusted proxies the client they name.
    package internal(set) var client: ClientOrigin
    /// The id under which logs and error bodies speak of this request.
    package internal(set) var requestID: String
    /// The `Authorization` header as it came.
    ///
    /// Never logged.
    var authorization: String?
    /// What the client calls itself.
    package internal(set) var agent = ""
    /// The factor that came along with a request that changes something (`npm-otp`), not yet checked.
    ///
    /// Never logged.
    package internal(set) var oneTimePassword: String?
    /// Whether the client waits for `100 Continue` before it sends the body.
    package internal(set) var expectsContinue = false
    /// What the client asks of a publish beside the publish itself.
    package internal(set) var wishes = PublishWishes()
    /// Who is signed in.
    ///
    /// Only routes of pages look for a session; for every other it stays nil, whatever cookies came.
    package internal(set) var session: PageSession?
    /// The value of a session's cookie, not yet looked for; on routes of pages only.
    ///
    /// Never logged.
    var sessionSecret: String?
    /// What the log line will say.
    package let record: RequestRecord

    /// Makes a context for a request of which only the connection is known.
    package init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        client = ClientOrigin(address: "", isSecure: false, isProxied: false)
        requestID = RequestIdentity.freshID()
        record = RequestRecord()
    }

    /// The socket address of the peer, which is the proxy's where there is one.
    package var remoteAddress: SocketAddress? { channel.remoteAddress }

    /// The credential in the `Authorization` header, not yet checked.
    package var credential: Credential? { Authorization.credential(from: authorization) }

    /// Where the request came from, for rights, limits and notices.
    package var visitor: Visitor { Visitor(address: client.address, agent: agent) }

    /// Tells a client that waits with its body (`Expect: 100-continue`) to send it.
    ///
    /// Call it after every check that needs no body and just before reading: a refusal before it closes the connection and
    /// the body is never sent ([RFC 9110 §10.1.1](https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1)). Does nothing
    /// when the client did not ask or was already told.
    package func sendContinue() async throws {
        guard expectsContinue, record.claimContinue() else { return }
        try await channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
    }
}
