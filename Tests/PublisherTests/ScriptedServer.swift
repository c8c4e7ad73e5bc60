import NIOCore
import NIOPosix
import Synchronization

/// A server that answers each connection with the next of its scripts, and counts what it gets.
final class ScriptedServer: Sendable {
    /// What happens on one connection.
    struct Script: Sendable {
        /// Sent once the request's head has come.
        var afterHead = ""
        /// Sent once so many bytes of the body have come.
        var afterBody = ""
        var bodyBytes = 0
        var closes = false
    }

    private let channel: any Channel
    private let state: Mutex<(scripts: [Script], heads: [String], bodyBytes: Int)>

    var address: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }
    /// The heads of all requests so far.
    var heads: [String] { state.withLock { $0.heads } }
    /// How many bytes of bodies have come.
    var bodyBytes: Int { state.withLock { $0.bodyBytes } }

    private init(_ channel: any Channel, _ scripts: [Script]) {
        self.channel = channel
        state = Mutex((scripts, [], 0))
    }

    private final class Box: Sendable {
        let server = Mutex<ScriptedServer?>(nil)
    }

    /// Runs one while `body` runs.
    static func run(_ scripts: [Script], _ body: (ScriptedServer) async throws -> Void) async throws {
        let box = Box()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(Connection(box.server.withLock { $0 }))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = ScriptedServer(channel, scripts)
        box.server.withLock { $0 = server }
        do {
            try await body(server)
        } catch {
            try await channel.close()
            throw error
        }
        box.server.withLock { $0 = nil }
        try await channel.close()
    }

    fileprivate func next(_ head: String) -> Script {
        state.withLock { state in
            state.heads.append(head)
            return state.scripts.isEmpty ? Script(closes: true) : state.scripts.removeFirst()
        }
    }

    fileprivate func count(_ bytes: Int) {
        state.withLock { $0.bodyBytes += bytes }
    }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let server: ScriptedServer?
        private var head = ""
        private var script: Script?
        private var received = 0

        init(_ server: ScriptedServer?) {
            self.server = server
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var text = String(buffer: unwrapInboundIn(data))
            var bytes = unwrapInboundIn(data).readableBytes
            if script == nil {
                head += text
                guard let end = head.firstRange(of: "\r\n\r\n") else { return }
                text = String(head[end.upperBound...])
                bytes = text.utf8.count
                script = server?.next(String(head[..<end.lowerBound]))
                answer(context, script?.afterHead ?? "")
                if script?.closes == true { return context.close(promise: nil) }
            }
            received += bytes
            server?.count(bytes)
            if let script, received >= script.bodyBytes, !script.afterBody.isEmpty {
                self.script?.afterBody = ""
                answer(context, script.afterBody)
            }
        }

        private func answer(_ context: ChannelHandlerContext, _ text: String) {
            guard !text.isEmpty else { return }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }
    }
}
