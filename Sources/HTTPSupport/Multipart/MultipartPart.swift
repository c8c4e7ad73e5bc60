package import HTTPTypes
package import NIOCore

/// One part of a `multipart/form-data` body.
package struct MultipartPart {
    /// The field's name.
    package let name: String
    /// The file name, where the part is a file.
    ///
    /// As the client wrote it: no path is taken off.
    package let fileName: String?
    /// The part's header fields.
    package let headers: HTTPFields
    /// The content, to be read once and before the next part.
    package let body: MultipartBody

    init(header: [UInt8], number: Int, reader: MultipartReader) throws(MultipartFault) {
        headers = try Self.fields(header)
        guard let disposition = headers[.contentDisposition] else { throw .missingName }
        guard let value = HeaderParameters(disposition) else { throw .malformedHeader }
        guard value.value == "form-data", let name = value.parameters["name"], !name.isEmpty,
            name.utf8.count <= 256, name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { throw .missingName }
        self.name = name
        fileName = value.parameters["filename"]
        body = MultipartBody(reader: reader, number: number)
    }

    /// The content in memory.
    /// - Parameter limit: The most that is taken; nil for the limit of the whole body's fields.
    /// - Returns: All bytes of the part.
    /// - Throws: ``MultipartFault/fieldTooLarge(name:limit:)``.
    package func collect(upTo limit: Int? = nil) async throws -> ByteBuffer {
        let limit = limit ?? body.reader.limits.fieldBytes
        var out = ByteBuffer()
        for try await var chunk in body {
            guard out.readableBytes + chunk.readableBytes <= limit else {
                throw MultipartFault.fieldTooLarge(name: name, limit: limit)
            }
            out.writeBuffer(&chunk)
        }
        return out
    }

    /// The content as text.
    /// - Throws: ``MultipartFault/fieldTooLarge(name:limit:)`` or ``MultipartFault/notText(name:)``.
    package func text(upTo limit: Int? = nil) async throws -> String {
        let bytes = try await collect(upTo: limit)
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else {
            throw MultipartFault.notText(name: name)
        }
        return text
    }

    /// Reads header lines.
    ///
    /// Folded lines are refused, as in HTTP.
    private static func fields(_ header: [UInt8]) throws(MultipartFault) -> HTTPFields {
        var fields = HTTPFields()
        guard let text = String(validating: header, as: UTF8.self) else { throw .malformedHeader }
        var rest = text.utf8[...]
        while !rest.isEmpty {
            let line = rest.prefix { $0 != 0x0D }
            rest = rest.dropFirst(line.count)
            // A line ends with CR LF or with the header; a CR alone is a control character like any other.
            guard rest.isEmpty || rest.starts(with: [0x0D, 0x0A]) else { throw .malformedHeader }
            rest = rest.dropFirst(2)
            if line.isEmpty { continue }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
                let name = HTTPField.Name(String(Substring(line[..<colon]))),
                !line.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F })
            else { throw .malformedHeader }
            let value = line[line.index(after: colon)...].drop { $0 == 0x20 || $0 == 0x09 }
            fields.append(HTTPField(name: name, value: String(Substring(value))))
        }
        return fields
    }
}

/// The content of a part as it arrives, read no faster than it is asked for.
package struct MultipartBody: AsyncSequence {
    package typealias Element = ByteBuffer

    let reader: MultipartReader
    let number: Int

    /// Reads the content.
    package struct AsyncIterator: AsyncIteratorProtocol {
        let reader: MultipartReader
        let number: Int

        /// The next bytes; nil at the part's end.
        package mutating func next() async throws -> ByteBuffer? { try await reader.nextChunk(of: number) }
    }

    /// The one iterator over the content.
    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: reader, number: number) }
}
