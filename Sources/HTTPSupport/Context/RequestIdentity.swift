import HTTPTypes
package import Hummingbird
import Logging
import NIOCore
import RegistryModel
import Synchronization

/// The first middleware: fills in what a context takes from the request's headers, bounds the request target, and takes the
/// content out of every answer to a HEAD.
///
/// A request id comes from `X-Request-Id` where a trusted proxy sent one of a harmless form, and is made otherwise; the
/// response carries it.
package struct RequestIdentity: RouterMiddleware {
    package typealias Context = RegistryContext

    private let proxies: TrustedProxies
    private let targetBytes: Int
    private let lane: Lane?

    /// Makes the middleware.
    /// - Parameters:
    ///   - proxies: Whose forwarding headers are believed.
    ///   - targetBytes: The longest request target; HTTP/2 has no other place where it is checked.
    ///   - lane: Gets what was offered to it, under the request's id.
    package init(
        proxies: TrustedProxies, targetBytes: Int = ConnectionLimits().targetBytes, lane: Lane? = nil
    ) {
        self.lane = lane
        self.proxies = proxies
        self.targetBytes = targetBytes
    }

    package func handle(
        _ request: Request, context: RegistryContext,
        next: (Request, RegistryContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let moment = lane?.cache.moment
        let peer = context.remoteAddress?.ipAddress ?? ""
        // The scheme is no claim of the client's: HTTP1Guard writes it, from what it knows of the listener.
        let isSecure = request.head.scheme == "https"
        context.client = proxies.origin(peer: peer, isSecure: isSecure, headers: request.headers)
        if context.client.isProxied, let id = request.headers[.xRequestID], Self.isHarmless(id) {
            context.requestID = id
        }
        context.logger[metadataKey: "request"] = .string(context.requestID)
        context.authorization = request.headers[.authorization]
        context.agent = String((request.headers[.userAgent] ?? "").prefix(200))
        // npm sends its code with the reads before a change too, and a code is good once.
        if request.method != .get, request.method != .head, let code = request.headers[.npmOTP], !code.isEmpty,
            code.utf8.count <= 128
        {
            context.oneTimePassword = code
        }
        context.wishes = PublishWishes(request.headers)
        context.expectsContinue = request.headers[.expect]?.lowercased() == "100-continue"
        var response: Response
        if let path = request.head.path, path.utf8.count > targetBytes {
            response = Response(status: .uriTooLong)
        } else {
            response = try await next(request, context)
        }
        response.headers[.xRequestID] = context.requestID
        if let lane, let moment, !context.client.isProxied, let offer = context.record.laneOffer,
            // The lane sends no file inside TLS, and one that is offered is open.
            !(isSecure && offer.holdsFile)
        {
            lane.keep(
                offer, since: moment, requestID: context.requestID, route: context.routeTemplate,
                isAnonymous: context.authorization == nil)
            if offer.holdsFile { Self.letGo(after: &response, context, lane) }
        }
        // Refusals are rendered with their content whatever the method. After the answer to a HEAD it would be taken for
        // the beginning of the next answer of the connection.
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// Has the lane let go of an open file when the response has ended, or never began, and has not been learned.
    private static func letGo(after response: inout Response, _ context: RegistryContext, _ lane: Lane) {
        let body = response.body
        let length = response.headers[.contentLength]
        let hold = LaneHold(lane: lane, requestID: context.requestID, eventLoop: context.channel.eventLoop)
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            defer { withExtendedLifetime(hold) {} }
            try await body.write(writer)
        }
        response.headers[.contentLength] = length
    }

    /// 64 random bits that tell this process's ids from those of others.
    static let processID = UInt64.random(in: .min ... .max)
    private static let counter = Atomic<UInt64>(0)

    /// Takes `count` ids at once; gives the number before the first of them.
    static func reserve(_ count: UInt64) -> UInt64 {
        counter.wrappingAdd(count, ordering: .relaxed).oldValue
    }

    /// A new id: the process's random bits and a count, in 32 hexadecimal digits.
    ///
    /// Ids have to differ, not to be secret: a count saves every request a call for random bytes.
    static func freshID() -> String {
        let count = counter.wrappingAdd(1, ordering: .relaxed).newValue
        return Hex.encode([processID, count].flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } })
    }

    private static func isHarmless(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}

/// Goes with the body of a response, and takes its offer back from the lane then.
private final class LaneHold: Sendable {
    private let lane: Lane
    private let requestID: String
    private let eventLoop: any EventLoop

    init(lane: Lane, requestID: String, eventLoop: any EventLoop) {
        self.lane = lane
        self.requestID = requestID
        self.eventLoop = eventLoop
    }

    deinit {
        // Behind the end of the response, which the event loop has been given before.
        eventLoop.execute { [lane, requestID] in _ = lane.take(requestID: requestID) }
    }
}
