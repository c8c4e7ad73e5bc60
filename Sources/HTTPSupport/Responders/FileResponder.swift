import Accounts
import HTTPTypes
package import Hummingbird
import NIOCore
import NIOPosix
package import Publishing
package import RegistryModel

/// Answers with package files: ranges, conditions, HEAD, streaming without blocking an event loop, and counting.
///
/// Files are immutable and most are compressed already: they are sent as they are and may be kept for ever.
package struct FileResponder: Sendable {
    /// The size of one read and one write.
    private static let chunkBytes: Int64 = 256 << 10

    private let downloads: any DownloadCounting
    private let open: @Sendable (SHA256Digest, Int64) async throws -> any ByteSource

    /// Makes a responder.
    /// - Parameters:
    ///   - downloads: Told about every download that counts.
    ///   - open: Opens a blob.
    package init(
        downloads: any DownloadCounting,
        open: @escaping @Sendable (SHA256Digest, Int64) async throws -> any ByteSource
    ) {
        self.downloads = downloads
        self.open = open
    }

    /// Answers a GET or HEAD for a file that the caller was allowed to see.
    ///
    /// A download counts when it starts: a GET answered with 200, or with 206 from the first byte on. HEAD, 304 and later
    /// ranges do not. When the blob cannot be read to its end the connection is aborted: a client never takes a part for
    /// the whole.
    /// - Throws: `Problem` with ``Problem/Code/blobDamaged`` where the content cannot be opened,
    ///   ``Problem/Code/rangeNotSatisfiable`` for a range behind the end.
    package func respond(
        _ request: Request, _ context: RegistryContext, file: CatalogFile, mediaType: String
    ) async throws -> Response {
        try await respond(request, context, file: file.file, of: file.project, mediaType: mediaType)
    }

    /// Answers for a file of a project, as the other method does.
    package func respond(
        _ request: Request, _ context: RegistryContext, file entity: PackageFile, of project: Project, mediaType: String
    ) async throws -> Response {
        let etag = "\"\(entity.digests.sha256.hex)\""
        let headers = Self.headers(
            of: entity, isPublic: project.visibility == .public, etag: etag, mediaType: mediaType)
        if Preconditions.isFresh(request.headers, etag: etag, lastModified: entity.publishedAt) {
            var response = Response(status: .notModified, headers: headers)
            response.headers[.contentType] = nil
            response.headers[.contentLength] = nil
            return response
        }
        guard request.method != .head else {
            var response = Response(status: .ok, headers: headers)
            response.headers[.contentLength] = String(entity.size)
            return response
        }
        let isPartial = Preconditions.allowsRange(request.headers, etag: etag, lastModified: entity.publishedAt)
        let asked = isPartial ? ByteRange(request.headers[.range], length: entity.size) : .whole
        let range: Range<Int64>
        var response: Response
        switch asked {
        case .unsatisfiable:
            throw HTTPRefusal(
                Problem(.rangeNotSatisfiable, "The file has \(entity.size) bytes; the range begins behind them."),
                headers: [.contentRange: "bytes */\(entity.size)"])
        case .whole:
            range = 0..<entity.size
            response = Response(status: .ok, headers: headers)
        case .part(let part):
            range = part
            response = Response(status: .partialContent, headers: headers)
            response.headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(entity.size)"
        }
        let source = try await open(entity.digests.sha256, entity.size)
        if range.lowerBound == 0 {
            let family = ClientFamily(userAgent: request.headers[.userAgent])
            downloads.count(file: entity.id, project: project.id, family: family.rawValue)
        }
        response.body = Self.body(of: source, range: range, on: context.channel.eventLoop)
        response.headers[.contentLength] = String(range.count)
        context.record.noteStreaming()
        return response
    }

    private static func headers(
        of file: PackageFile, isPublic: Bool, etag: String, mediaType: String
    ) -> HTTPFields {
        var headers: HTTPFields = [
            .contentType: mediaType, .eTag: etag, .acceptRanges: "bytes",
            .lastModified: file.publishedAt.httpDate,
            .cacheControl: isPublic ? "public, max-age=31536000, immutable" : "private, no-cache",
        ]
        if !isPublic { headers[.vary] = "Authorization" }
        return headers
    }

    /// A body that reads the next chunk on another thread while the last one is being sent.
    ///
    /// A write waits only for a connection that is known to be full, and the event loop tells that some time after the
    /// write. So each chunk waits until the loop has taken it: a busy loop then slows the reading down, rather than
    /// letting a whole file pile up in memory.
    private static func body(
        of source: any ByteSource, range: Range<Int64>, on eventLoop: any EventLoop
    ) -> ResponseBody {
        ResponseBody(contentLength: range.count) { writer in
            var offset = range.lowerBound
            var chunk = try await read(source, from: offset, before: range.upperBound)
            while let sending = chunk {
                offset += Int64(sending.readableBytes)
                let from = offset
                async let following = read(source, from: from, before: range.upperBound)
                try await writer.write(sending)
                try await eventLoop.submit {}.get()
                chunk = try await following
            }
            try await writer.finish(nil)
        }
    }

    /// The bytes from `offset` on, at most a chunk and none at `end`; nil at the end.
    private static func read(
        _ source: any ByteSource, from offset: Int64, before end: Int64
    ) async throws -> ByteBuffer? {
        guard offset < end else { return nil }
        let count = Int(min(chunkBytes, end - offset))
        return try await NIOThreadPool.singleton.runIfActive {
            var buffer = ByteBufferAllocator().buffer(capacity: count)
            _ = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
                var filled = 0
                while filled < count {
                    let target = UnsafeMutableRawBufferPointer(rebasing: room[filled..<count])
                    let read = try source.read(at: Int(offset) + filled, into: target)
                    guard read > 0 else { throw TruncatedBlob(expected: end, found: offset + Int64(filled)) }
                    filled += read
                }
                return filled
            }
            return buffer
        }
    }
}

/// A blob that ends before its length.
private struct TruncatedBlob: Error {
    let expected: Int64
    let found: Int64
}
