package import NIOCore
import NIOPosix
import Synchronization

/// A client connection that sends exactly the bytes it is given and reads responses of HTTP/1.1, for tests of the server.
///
/// One task uses it. Every wait ends after ``patience``.
package final class RawConnection: Sendable {
    /// Why there is no response.
    package enum Fault: Error, Hashable, Sendable {
        /// Nothing came for too long; what had come.
        case timeout(String)
        /// The server closed the connection before the response was complete; what had come of it.
        case closed(String)
        /// What came is no HTTP.
        case malformed(String)
    }

    /// How long a wait may take.
    package let patience: Duration
    private let channel: any Channel
    private let inbox: Inbox

    private init(channel: any Channel, inbox: Inbox, patience: Duration) {
        self.channel = channel
        self.inbox = inbox
        self.patience = patience
    }

    /// Connects over TCP.
    /// - Parameters:
    ///   - port: The server's port.
    ///   - host: The server's address.
    ///   - patience: How long a wait may take.
    ///   - readsByItself: Whether what the server sends is taken off the socket. Without it no response can be read.
    ///   - greeting: What is sent as soon as there is a connection, before anything can keep this process from sending.
    ///   - handlers: What stands between the socket and the bytes, such as TLS.
    /// - Returns: The open connection.
    /// - Throws: What the system says.
    package static func connect(
        to port: Int, host: String = "127.0.0.1", patience: Duration = hangLimit, readsByItself: Bool = true,
        greeting: String = "", handlers: @escaping @Sendable () throws -> [any ChannelHandler] = { [] }
    ) async throws -> RawConnection {
        let inbox = Inbox()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .channelOption(ChannelOptions.autoRead, value: readsByItself)
            // How long an answer may take says nothing about how busy the machine is.
            .connectTimeout(TimeAmount(max(patience, .seconds(60))))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(SocketHandler())
                    try channel.pipeline.syncOperations.addHandlers(handlers())
                    try channel.pipeline.syncOperations.addHandler(InboxHandler(inbox: inbox, greeting: greeting))
                }
            }
            .connect(host: host, port: port).get()
        return RawConnection(channel: channel, inbox: inbox, patience: patience)
    }

    /// Sends text; write line ends as `\r\n`.
    package func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    /// Sends bytes.
    package func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Sends a head with `Host` and the given lines, and a body with its length where there is one.
    package func request(
        _ line: String, _ headers: [String] = [], body: [UInt8]? = nil
    ) async throws {
        var lines = ["\(line) HTTP/1.1", "Host: localhost"] + headers
        if let body { lines.append("Content-Length: \(body.count)") }
        try await send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? []))
    }

    /// Sends a request and reads its response.
    package func exchange(
        _ line: String, _ headers: [String] = [], body: [UInt8]? = nil
    ) async throws -> RawResponse {
        try await request(line, headers, body: body)
        return try await response(toHead: line.hasPrefix("HEAD "))
    }

    /// Says that nothing more will be sent.
    package func finishSending() async throws {
        try await channel.close(mode: .output)
    }

    /// Leaves what the server sends from now on in the socket.
    package func stopReading() async throws {
        try await channel.setOption(ChannelOptions.autoRead, value: false).get()
    }

    /// Takes what the server sends off the socket again.
    package func readAgain() async throws {
        try await channel.setOption(ChannelOptions.autoRead, value: true).get()
    }

    /// Closes the connection.
    package func close() async {
        try? await channel.close()
    }

    /// Ends the connection without a word, also inside TLS.
    package func abandon() {
        let channel = channel
        channel.eventLoop.execute {
            try? channel.pipeline.syncOperations.context(handlerType: SocketHandler.self).close(promise: nil)
        }
    }

    /// Reads the next response with the interim ones before it.
    /// - Parameter toHead: Whether the request was HEAD, so that no content follows.
    /// - Returns: The final response.
    /// - Throws: ``Fault``.
    package func response(toHead: Bool = false) async throws -> RawResponse {
        var interim: [Int] = []
        while true {
            var response = try RawResponse(head: await head())
            response.interim = interim
            if (100..<200).contains(response.status) {
                interim.append(response.status)
                continue
            }
            guard !toHead, response.status != 204, response.status != 304 else { return response }
            response.body = try await body(of: response)
            return response
        }
    }

    /// Reads an interim response alone.
    package func interim() async throws -> Int {
        try RawResponse(head: await head()).status
    }

    /// Waits until the server has closed its side, and gives what it sent before.
    package func untilClosed() async throws -> [UInt8] {
        while try await more() {}
        return inbox.takeAll()
    }

    private func head() async throws -> String {
        while true {
            if let head = inbox.take(through: Array("\r\n\r\n".utf8)) { return String(decoding: head, as: UTF8.self) }
            guard try await more() else { throw Fault.closed(String(inbox.seen.suffix(500))) }
        }
    }

    private func body(of response: RawResponse) async throws -> [UInt8] {
        if response["transfer-encoding"]?.lowercased() == "chunked" { return try await chunks() }
        guard let length = response["content-length"].flatMap({ Int($0) }) else { return try await untilClosed() }
        return try await bytes(length)
    }

    private func chunks() async throws -> [UInt8] {
        var out: [UInt8] = []
        while true {
            let line = String(decoding: try await lineBytes().dropLast(2), as: UTF8.self)
            guard let size = Int(line, radix: 16) else { throw Fault.malformed(line) }
            out += try await bytes(size)
            _ = try await lineBytes()
            if size == 0 { return out }
        }
    }

    private func lineBytes() async throws -> [UInt8] {
        while true {
            if let line = inbox.take(through: [0x0D, 0x0A]) { return line }
            guard try await more() else { throw Fault.closed(String(inbox.seen.suffix(500))) }
        }
    }

    /// Reads exactly so many bytes.
    package func bytes(_ count: Int) async throws -> [UInt8] {
        while true {
            if let bytes = inbox.take(count) { return bytes }
            guard try await more() else { throw Fault.closed(String(inbox.seen.suffix(500))) }
        }
    }

    /// Waits for further bytes; false when there are none to come.
    private func more() async throws -> Bool {
        let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(patience)) { self.inbox.giveUp() }
        defer { deadline.cancel() }
        switch await inbox.change() {
        case .bytes: return true
        case .closed: return false
        case .timeout: throw Fault.timeout(inbox.seen)
        }
    }
}

/// Marks the place next to the socket.
private final class SocketHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny
}

extension RawResponse {
    fileprivate init(head: String) throws {
        self.init()
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
        let parts = lines[0].split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, let status = Int(parts[1]) else { throw RawConnection.Fault.malformed(head) }
        version = parts[0]
        self.status = status
        reason = parts.count > 2 ? parts[2] : ""
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers.append((String(line[..<colon]), String(value)))
        }
    }
}
