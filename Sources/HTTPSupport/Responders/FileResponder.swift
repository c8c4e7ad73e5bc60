import HTTPTypes
package import Hummingbird
import NIOCore
package import Publishing
package import RegistryModel

/// Answers with package files: ranges, conditions, HEAD, streaming without blocking an event loop, and counting.
///
/// Files are immutable and most are compressed already: they are sent as they are and may be kept for ever. **Damaged
/// content is never passed off as good.** A file that this process has not read as a whole since it last changed is
/// hashed while it is sent, and its last bytes leave only when the digest is right; before a range of it is sent, all of
/// it is read.
package struct FileResponder: Sendable {
    private let pool: any WorkPool
    private let downloads: any DownloadCounting
    private let open: @Sendable (SHA256Digest, Int64) async throws -> any ByteSource

    /// Makes a responder.
    /// - Parameters:
    ///   - downloads: Told about every download that counts.
    ///   - pool: Threads for reading.
    ///   - open: Opens a blob.
    package init(
        downloads: any DownloadCounting, pool: any WorkPool,
        open: @escaping @Sendable (SHA256Digest, Int64) async throws -> any ByteSource
    ) {
        self.downloads = downloads
        self.pool = pool
        self.open = open
    }

    /// Answers a GET or HEAD for a file that the caller was allowed to see.
    ///
    /// A download counts when it starts: a GET answered with 200, or with 206 from the first byte on. HEAD, 304 and later
    /// ranges do not. When the blob cannot be read to its end the connection is aborted: a client never takes a part for
    /// the whole.
    ///
    /// HEAD opens the file too, so that it promises nothing that is missing or has another length.
    /// - Throws: `Problem` with ``Problem/Code/blobDamaged`` where the content cannot be opened or is known to be damaged,
    ///   ``Problem/Code/rangeNotSatisfiable`` for a range behind the end, ``Problem/Code/overloaded`` where too many reads
    ///   wait.
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
            context.offerToLane(entity, of: project, etag: etag, source: nil, downloads: downloads)
            return response
        }
        guard request.method != .head else {
            _ = try await open(entity.digests.sha256, entity.size)
            context.offerToLane(entity, of: project, etag: etag, source: nil, downloads: downloads)
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
        let reader = try await reader(of: entity, range)
        if case .whole = asked {
            context.offerToLane(entity, of: project, etag: etag, source: reader.source, downloads: downloads)
        }
        // Before the head: a file that cannot be read, or a small one that is damaged, is refused in words.
        let first = try await reader.first(on: pool)
        if range.lowerBound == 0 {
            let family = ClientFamily(userAgent: request.headers[.userAgent])
            downloads.count(file: entity.id, project: project.id, family: family.rawValue)
        }
        response.body = Self.body(of: first, range: range, on: context.channel.eventLoop, pool)
        response.headers[.contentLength] = String(range.count)
        context.record.noteStreaming()
        return response
    }

    /// Opens a file for reading a part of it, or all of it with the comparison that it still needs.
    private func reader(of file: PackageFile, _ range: Range<Int64>) async throws -> ChunkReader {
        let digest = file.digests.sha256
        let source = try await open(digest, file.size)
        let kept = source as? any VerifiableByteSource
        if kept?.isIntact == true { return ChunkReader(source, range, check: nil) }
        if range == 0..<file.size { return ChunkReader(source, range, check: ContentCheck(digest, kept)) }
        if let kept, !(try await kept.verify()) {
            throw Catalog.damaged(diagnostic: "wrong content: \(digest.hex)")
        }
        return ChunkReader(source, range, check: nil)
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
        of first: ChunkReader.Chunk?, range: Range<Int64>, on eventLoop: any EventLoop, _ pool: any WorkPool
    ) -> ResponseBody {
        ResponseBody(contentLength: range.count) { writer in
            var chunk = first
            while let sending = chunk {
                async let following = sending.rest.next(on: pool)
                try await writer.write(sending.bytes)
                try await eventLoop.submit {}.get()
                chunk = try await following
            }
            try await writer.finish(nil)
        }
    }
}
