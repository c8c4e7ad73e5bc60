import HTTPTypes
package import Hummingbird
import NIOCore

/// The parts of a `multipart/form-data` body in the order in which they arrive; to be read once, by one task.
///
/// Asking for the next part drops what was not read of the one before.
package struct MultipartParts: AsyncSequence {
    package typealias Element = MultipartPart

    let reader: MultipartReader

    /// Reads the parts.
    package struct AsyncIterator: AsyncIteratorProtocol {
        let reader: MultipartReader

        /// The next part; nil after the closing delimiter.
        /// - Throws: ``MultipartFault``, or what reading the request's body throws.
        package mutating func next() async throws -> MultipartPart? {
            guard let (number, header) = try await reader.nextPart() else { return nil }
            return try MultipartPart(header: header, number: number, reader: reader)
        }
    }

    /// The one iterator over the parts.
    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: reader) }
}

/// Begins to read a request's body as `multipart/form-data`, [RFC 7578](https://www.rfc-editor.org/rfc/rfc7578).
///
/// Nothing is read before the first part is asked for.
/// - Parameters:
///   - request: The request; its body is read by the parts alone.
///   - limits: The bounds.
/// - Returns: The parts, not yet read.
/// - Throws: ``MultipartFault/wrongMediaType`` or ``MultipartFault/invalidBoundary``.
package func multipart(_ request: Request, limits: MultipartLimits = MultipartLimits()) throws -> MultipartParts {
    let boundary = try HeaderParameters.boundary(request.headers[.contentType])
    var iterator = request.body.makeAsyncIterator()
    return MultipartParts(
        reader: MultipartReader(boundary: boundary, limits: limits) { try await iterator.next() })
}

extension HeaderParameters {
    /// The boundary in a content type.
    static func boundary(_ contentType: String?) throws(MultipartFault) -> String {
        guard let contentType, let value = HeaderParameters(contentType), value.value == "multipart/form-data" else {
            throw .wrongMediaType
        }
        let allowed = "'()+_,-./:=? ".utf8
        guard let boundary = value.parameters["boundary"], (1...70).contains(boundary.utf8.count),
            boundary.last != " ",
            boundary.utf8.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"):
                    true
                default: allowed.contains(byte)
                }
            })
        else { throw .invalidBoundary }
        return boundary
    }
}
