import NIOCore
import NIOHTTP1
import RegistryModel

/// Sends one request and collects the beginning of its answer.
final class PageHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let page: PageAddress
    private let limit: Int
    private let answer: EventLoopPromise<FetchedPage>
    private var status: Int?
    private var body: [UInt8] = []

    init(_ page: PageAddress, limit: Int, answer: EventLoopPromise<FetchedPage>) {
        self.page = page
        self.limit = limit
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        let isUsual = page.port == (page.isSecure ? 443 : 80)
        let headers: HTTPHeaders = [
            "Host": isUsual ? page.host : "\(page.host):\(page.port)", "User-Agent": "Hallmark", "Accept": "*/*",
            "Connection": "close",
        ]
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: page.target, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = Int(head.status.code)
        case .body(let bytes):
            body += bytes.readableBytesView.prefix(limit - body.count)
            if body.count >= limit { finish(context) }
        case .end: finish(context)
        }
    }

    private func finish(_ context: ChannelHandlerContext) {
        guard let status else { return }
        answer.succeed(FetchedPage(status: status, body: body))
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(FetchFault.unreachable("'\(page.host)' gave no answer that can be read: \(error)"))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.fail(FetchFault.unreachable("'\(page.host)' hung up"))
        context.fireChannelInactive()
    }
}
