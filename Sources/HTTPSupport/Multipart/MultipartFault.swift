package import RegistryModel

/// Why a body is no acceptable `multipart/form-data`.
package enum MultipartFault: Error, Hashable, Sendable {
    /// The request's content type is another one.
    case wrongMediaType
    /// The content type names no boundary, or one that the standard does not allow.
    case invalidBoundary
    /// More bytes than allowed before the first delimiter.
    case preambleTooLong(limit: Int)
    /// A delimiter is followed by something other than a line end or the closing dashes.
    case malformedDelimiter
    /// A part's header is larger than allowed.
    case headerTooLarge(limit: Int)
    /// A header line is none.
    case malformedHeader
    /// A part without a name.
    case missingName
    /// More parts than allowed.
    case tooManyParts(limit: Int)
    /// A field is larger than allowed.
    case fieldTooLarge(name: String, limit: Int)
    /// The text of a field is not UTF-8.
    case notText(name: String)
    /// The body ends before the closing delimiter.
    case truncated
}

extension Problem {
    /// Says what is wrong with a multipart body.
    package init(_ fault: MultipartFault) {
        switch fault {
        case .wrongMediaType: self.init(.unsupportedMediaType, "The body has to be multipart/form-data.")
        case .invalidBoundary: self.init(.badRequest, "The Content-Type names no valid multipart boundary.")
        case .preambleTooLong(let limit):
            self.init(.badRequest, "More than \(limit) bytes stand before the first part of the multipart body.")
        case .malformedDelimiter: self.init(.badRequest, "A delimiter of the multipart body is malformed.")
        case .headerTooLarge(let limit):
            self.init(.badRequest, "The header of a part is larger than \(limit) bytes.")
        case .malformedHeader: self.init(.badRequest, "The header of a part is malformed.")
        case .missingName: self.init(.badRequest, "A part of the multipart body has no name.")
        case .tooManyParts(let limit): self.init(.badRequest, "The multipart body has more than \(limit) parts.")
        case .fieldTooLarge(let name, let limit):
            self.init(.tooLarge, "The field \(name) is larger than \(limit) bytes.")
        case .notText(let name): self.init(.badRequest, "The field \(name) is not UTF-8 text.")
        case .truncated: self.init(.badRequest, "The multipart body ends before its closing delimiter.")
        }
    }
}
