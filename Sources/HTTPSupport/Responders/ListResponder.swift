import HTTPTypes
package import Hummingbird
import NIOCore
import NIOPosix

/// Answers with documents that are too long to be made as a whole, piece by piece as the client takes them.
///
/// Memory stays flat however long the document is. It has neither a length nor an entity tag, and is never kept.
package enum ListResponder {
    /// Answers a GET or HEAD.
    ///
    /// When a piece cannot be made the connection is aborted: a client never takes a part for the whole.
    /// - Parameters:
    ///   - request: The request.
    ///   - context: Its context.
    ///   - mediaType: The media type.
    ///   - vary: The request field on which the representation depends (`Accept`).
    ///   - next: Makes the next piece; nil ends the document.
    /// - Returns: The head, and a body that asks for one piece after the other.
    package static func respond(
        _ request: Request, _ context: RegistryContext, mediaType: String, vary: String,
        next: @escaping @Sendable () async throws -> [UInt8]?
    ) -> Response {
        let compresses = ContentNegotiation.acceptsGzip(request.headers)
        var headers: HTTPFields = [
            .contentType: mediaType, .cacheControl: "no-cache", .vary: "\(vary), Accept-Encoding",
        ]
        if compresses { headers[.contentEncoding] = "gzip" }
        guard request.method != .head else { return Response(status: .ok, headers: headers) }
        context.record.noteStreaming()
        return Response(
            status: .ok, headers: headers,
            body: body(compresses: compresses, on: context.channel.eventLoop, next: next))
    }

    /// A body that makes a piece only when the event loop has taken the last one, so that none pile up.
    private static func body(
        compresses: Bool, on eventLoop: any EventLoop, next: @escaping @Sendable () async throws -> [UInt8]?
    ) -> ResponseBody {
        ResponseBody { writer in
            let gzip = compresses ? try GzipStream() : nil
            while let piece = try await next() {
                let sending = try await encode(piece, gzip, isLast: false)
                guard !sending.isEmpty else { continue }
                try await writer.write(ByteBuffer(bytes: sending))
                try await eventLoop.submit {}.get()
            }
            let rest = try await encode([], gzip, isLast: true)
            if !rest.isEmpty { try await writer.write(ByteBuffer(bytes: rest)) }
            try await writer.finish(nil)
        }
    }

    private static func encode(_ piece: [UInt8], _ gzip: GzipStream?, isLast: Bool) async throws -> [UInt8] {
        guard let gzip else { return piece }
        return try await NIOThreadPool.singleton.runIfActive { try gzip.add(piece, isLast: isLast) }
    }
}
