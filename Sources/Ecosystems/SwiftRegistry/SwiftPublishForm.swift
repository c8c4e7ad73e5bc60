import Formats
import Foundation
import HTTPSupport
import HTTPTypes
import RegistryModel

/// The parts of a publish request, in whatever order they come.
struct SwiftPublishForm {
    /// The metadata and the signatures.
    private(set) var claim: SwiftPublishClaim
    /// The spooled archive.
    var archive: ReceivedFile?
    private var names: Set<String> = []

    /// Starts an empty form; the format of signatures stands in the request's head.
    init(signatureFormat: String?) {
        claim = SwiftPublishClaim(format: signatureFormat)
    }

    /// Looks at a part's head.
    /// - Returns: Whether it is the archive, which is not for ``take(_:_:)``.
    /// - Throws: `Problem` for a part that is there twice or that nobody knows, and for an archive that is not sent as it is.
    mutating func begin(_ part: MultipartPart) throws(Problem) -> Bool {
        guard names.insert(part.name).inserted else {
            throw Problem(.badRequest, "The form has the part '\(Problem.excerpt(part.name, limit: 40))' twice.")
        }
        switch part.name {
        case "source-archive":
            guard Self.encoding(of: part) != "base64" else {
                throw Problem(
                    .unsupportedMediaType, "Send the source archive as it is, in binary, rather than as base64.")
            }
            return true
        case "source-archive-signature", "metadata", "metadata-signature": return false
        default:
            throw Problem(.badRequest, "A publish has no part '\(Problem.excerpt(part.name, limit: 40))'.")
        }
    }

    /// How many bytes a part may have; in base64 there are more of them.
    func limit(of name: String) -> Int {
        let bytes = name == "metadata" ? SwiftReleaseMetadata.maximumBytes : SwiftPublishClaim.maximumSignatureBytes
        return bytes + bytes / 2
    }

    /// Takes the content of a part in.
    ///
    /// SwiftPM calls its metadata quoted-printable and sends it as it is, so that nothing but base64 is decoded.
    mutating func take(_ bytes: [UInt8], _ part: MultipartPart) throws(Problem) {
        var content = bytes
        if Self.encoding(of: part) == "base64" {
            guard let decoded = Data(base64Encoded: Data(bytes), options: .ignoreUnknownCharacters) else {
                throw Problem(.badRequest, "The part '\(part.name)' is not base64.")
            }
            content = Array(decoded)
        }
        switch part.name {
        case "metadata": claim.metadata = content
        case "source-archive-signature": claim.archiveSignature = content
        default: claim.metadataSignature = content
        }
    }

    private static func encoding(of part: MultipartPart) -> String {
        (part.headers[.contentTransferEncoding] ?? "binary").lowercased()
    }
}
