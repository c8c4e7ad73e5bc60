import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOPosix
import NIOSSL

/// Sends requests to a registry: HTTP/1.1, each on a connection of its own, nothing redirected.
///
/// It exists beside general HTTP clients because of what a publish needs: a body of any size from disk, `Expect:
/// 100-continue` so that a refused upload is not sent, an end of the upload when the answer comes early, and an answer of
/// bounded size. A redirect is not followed: the token belongs to the address that it was given for.
package struct HTTPCaller: Sendable {
    /// Hears how many bytes of a body have been sent, of how many.
    package typealias Observer = @Sendable (_ sent: Int, _ total: Int) -> Void

    /// The largest answer that is read.
    package static let maximumAnswer = 16 << 20
    /// Bodies above this ask for leave first; for a smaller one the question costs as much as the body.
    static let expectationFloor = 32 << 10

    private let authorityFile: String?
    private let userAgent: String
    private let idleLimit: TimeAmount

    /// Makes a caller.
    /// - Parameters:
    ///   - userAgent: What it calls itself.
    ///   - authorityFile: Certificates in PEM to trust beside the system's.
    ///   - idleSeconds: After so long without a byte in either direction a call fails.
    package init(userAgent: String, authorityFile: String? = nil, idleSeconds: Int64 = 300) {
        self.userAgent = userAgent
        self.authorityFile = authorityFile
        idleLimit = .seconds(idleSeconds)
    }

    /// Sends a request and reads its answer.
    /// - Parameters:
    ///   - call: The request.
    ///   - address: Where the registry is.
    ///   - authorization: The value of the field `Authorization`.
    ///   - observer: Hears of the body's progress.
    /// - Returns: The answer, whatever it says.
    /// - Throws: ``ClientFault``, when there is none.
    package func send(
        _ call: HTTPCall, to address: RegistryAddress, authorization: String?, observer: Observer? = nil
    ) async throws -> HTTPAnswer {
        let head = head(of: call, to: address, authorization: authorization)
        do {
            let channel = try await connect(to: address)
            return try await channel.executeThenClose { inbound, outbound in
                try await Self.exchange(head, call.body, inbound, outbound, observer)
            }
        } catch let fault as ClientFault {
            throw fault
        } catch {
            throw Self.explain(error, address)
        }
    }

    private func head(of call: HTTPCall, to address: RegistryAddress, authorization: String?) -> HTTPRequest {
        var request = HTTPRequest(
            method: call.method, scheme: address.isSecure ? "https" : "http", authority: address.authority,
            path: address.path + call.path, headerFields: call.headers)
        request.headerFields[.userAgent] = userAgent
        request.headerFields[.connection] = "close"
        if request.headerFields[.accept] == nil { request.headerFields[.accept] = "application/json, */*;q=0.5" }
        if let authorization { request.headerFields[.authorization] = authorization }
        let length = call.body?.length ?? 0
        if call.body != nil || call.method == .post || call.method == .put {
            request.headerFields[.contentLength] = String(length)
        }
        if length > Self.expectationFloor { request.headerFields[.expect] = "100-continue" }
        return request
    }

    private func connect(to address: RegistryAddress) async throws -> NIOAsyncChannel<HTTPResponsePart, HTTPRequestPart>
    {
        let tls = address.isSecure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
        let trust = address.isSecure ? try authorityFile.map { try CertificateTrust(file: $0) } : nil
        let idleLimit = idleLimit
        return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(15))
            .connect(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(Self.handler(tls, trust, host: address.host)) }
                    try pipeline.addHandler(HTTPRequestEncoder())
                    try pipeline.addHandler(
                        ByteToMessageHandler(HTTPResponseDecoder(informationalResponseStrategy: .forward)))
                    try pipeline.addHandler(HTTP1ToHTTPClientCodec())
                    try pipeline.addHandler(IdleStateHandler(allTimeout: idleLimit))
                    try pipeline.addHandler(IdleCloser())
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    /// A name goes into the handshake, an IP address may not; either is held against the certificate.
    private static func handler(
        _ context: NIOSSLContext, _ trust: CertificateTrust?, host: String
    ) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 443)) != nil
        guard let trust else {
            return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
        }
        return try NIOSSLClientHandler(
            context: context, serverHostname: isAddress ? nil : host,
            customVerificationCallback: { trust.verify($0, host: host, isAddress: isAddress, $1) })
    }

    private static func exchange(
        _ head: HTTPRequest, _ body: UploadBody?, _ inbound: NIOAsyncChannelInboundStream<HTTPResponsePart>,
        _ outbound: NIOAsyncChannelOutboundWriter<HTTPRequestPart>, _ observer: Observer?
    ) async throws -> HTTPAnswer {
        let gate = UploadGate()
        async let answer = receive(inbound, gate)
        var failure: (any Error)?
        do {
            try await outbound.write(.head(head))
            if head.headerFields[.expect] != nil { await gate.wait(atMost: .seconds(1)) }
            let total = body?.length ?? 0
            var sent = 0
            let isWhole =
                try await body?.forEachChunk { chunk in
                    guard !gate.isStopped else { return false }
                    try await outbound.write(.body(ByteBuffer(bytes: chunk)))
                    sent += chunk.count
                    observer?(sent, total)
                    return true
                } ?? true
            if isWhole { try await outbound.write(.end(nil)) }
        } catch {
            // The answer says more than the broken pipe, where one came.
            failure = error
        }
        do {
            return try await answer
        } catch {
            if let fault = failure as? ClientFault { throw fault }
            throw error
        }
    }

    private static func receive(
        _ inbound: NIOAsyncChannelInboundStream<HTTPResponsePart>, _ gate: UploadGate
    ) async throws -> HTTPAnswer {
        defer { gate.stop() }
        var head: HTTPResponse?
        var bytes: [UInt8] = []
        for try await part in inbound {
            switch part {
            case .head(let response) where response.status.kind == .informational:
                if response.status == .continue { gate.proceed() }
            case .head(let response):
                head = response
                // A yes before the end of the body would be a strange server; a no is the end of the upload.
                if response.status.code >= 300 { gate.stop() }
            case .body(let buffer):
                guard bytes.count + buffer.readableBytes <= maximumAnswer else {
                    throw ClientFault("The registry's answer is larger than \(maximumAnswer >> 20) MiB.")
                }
                bytes.append(contentsOf: buffer.readableBytesView)
            case .end:
                guard let head else { break }
                return HTTPAnswer(status: head.status.code, headers: head.headerFields, body: bytes)
            }
        }
        throw ClientFault("The registry closed the connection without an answer. Try again.")
    }

    private static func explain(_ error: any Error, _ address: RegistryAddress) -> ClientFault {
        switch error {
        case let error as NIOConnectionError:
            let reason = error.connectionErrors.first.map { "\($0.error)" } ?? "\(error)"
            return ClientFault("Nothing answers at \(address) (\(reason)). Is the registry running there?")
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            return ClientFault(
                "The connection to \(address) is not secure: \(error). If the registry has a certificate authority of its "
                    + "own, name its file with --ca-file.")
        default:
            return ClientFault("The connection to \(address) failed: \(error).")
        }
    }
}
