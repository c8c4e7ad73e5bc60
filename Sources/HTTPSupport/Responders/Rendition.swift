import Crypto
import HTTPTypes
import Hummingbird
import NIOCore
import RegistryModel

/// A document in one encoding with all its header fields: what is left to do is to compare tags and to send.
package struct Rendition: Sendable {
    let body: ByteBuffer
    let headers: HTTPFields
    let etag: String
    let lastModified: Timestamp?

    /// Renders a document without compression.
    init(_ document: Document, vary: String?) {
        let digest = SHA256.hash(data: document.body)
        self.init(
            body: document.body, etag: "\"\(Hex.encode(digest.prefix(16)))\"", encoding: nil, document: document,
            vary: vary)
    }

    /// The compressed form of a rendition, or nil where compression does not pay.
    func compressed() -> Rendition? {
        guard let gzip = Gzip.compress(Array(body.readableBytesView)) else { return nil }
        var headers = headers
        let tag = "\(etag.dropLast())-gzip\""
        headers[.contentEncoding] = "gzip"
        headers[.contentLength] = String(gzip.count)
        headers[.eTag] = tag
        return Rendition(body: ByteBuffer(bytes: gzip), headers: headers, etag: tag, lastModified: lastModified)
    }

    private init(body: ByteBuffer, headers: HTTPFields, etag: String, lastModified: Timestamp?) {
        self.body = body
        self.headers = headers
        self.etag = etag
        self.lastModified = lastModified
    }

    private init(body: [UInt8], etag: String, encoding: String?, document: Document, vary: String?) {
        var headers = HTTPFields()
        headers[.contentType] = document.mediaType
        headers[.contentLength] = String(body.count)
        headers[.eTag] = etag
        // Kept copies are asked about each time: a publish is visible to the next read.
        headers[.cacheControl] = document.isPublic ? "no-cache" : "private, no-cache"
        headers[.lastModified] = document.lastModified?.httpDate
        let varying = [vary, "Accept-Encoding", document.isPublic ? nil : "Authorization"].compactMap(\.self)
        headers[.vary] = varying.joined(separator: ", ")
        for (name, value) in document.headers {
            guard let name = HTTPField.Name(name) else { continue }
            headers.append(HTTPField(name: name, value: value))
        }
        self.init(
            body: ByteBuffer(bytes: body), headers: headers, etag: etag, lastModified: document.lastModified)
    }

    /// How many bytes keeping it costs.
    var cost: Int {
        headers.reduce(body.readableBytes + 256) { $0 + $1.value.utf8.count + 48 }
    }

    /// The answer: the content, 304 where the client has it, or the head alone.
    func response(to request: Request) -> Response {
        if Preconditions.isFresh(request.headers, etag: etag, lastModified: lastModified) {
            var headers = headers
            headers[.contentLength] = nil
            headers[.contentType] = nil
            headers[.contentEncoding] = nil
            var response = Response(status: .notModified, headers: headers)
            // Hummingbird writes a length of 0, which a 304 would claim of the content.
            response.headers[.contentLength] = nil
            return response
        }
        guard request.method != .head else { return Response(status: .ok, headers: headers) }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
