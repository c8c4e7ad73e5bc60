import NIOCore
import NIOPosix
import Synchronization

/// A server of pages on the loopback address: what a code host is to whoever looks for a repository.
package final class PageServer: Sendable {
    /// Where it listens.
    package let port: Int
    private let channel: any Channel
    private let pages: PageTable

    /// Starts one; ``stop()`` ends it.
    package init() async throws {
        let pages = PageTable()
        self.pages = pages
        port = Int(try FreePort.take())
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PageAnswers(pages))
                }
            }.bind(host: "127.0.0.1", port: port).get()
    }

    /// Sets the bytes that a path is answered with; nil for 404, none at all to leave the request without an answer.
    package func set(_ path: String, _ answer: String?) {
        pages.answers.withLock { $0[path] = answer }
    }

    /// Sets the status of an answer with a short body.
    package func set(_ path: String, status: Int, header: String = "X-None: 1") {
        set(path, "HTTP/1.1 \(status) Fine\r\n\(header)\r\nContent-Length: 4\r\n\r\npage")
    }

    /// The paths that were asked for, in order.
    package var asked: [String] { pages.asked.withLock { $0 } }

    /// Stops listening.
    package func stop() async throws {
        try await channel.close()
    }
}

private final class PageTable: Sendable {
    let answers = Mutex<[String: String]>([:])
    let asked = Mutex<[String]>([])
}

/// One request a connection, as far as its first line.
private final class PageAnswers: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let pages: PageTable
    private var head = ""

    init(_ pages: PageTable) { self.pages = pages }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        head += String(decoding: unwrapInboundIn(data).readableBytesView, as: UTF8.self)
        guard head.contains("\r\n\r\n") else { return }
        let path = head.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        head = ""
        pages.asked.withLock { $0.append(path) }
        let missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        let answer = pages.answers.withLock { $0[path] } ?? missing
        guard !answer.isEmpty else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
    }
}
