import Foundation
package import RegistryModel

/// What a publish request carries beside the source archive: the metadata and the signatures, kept byte for byte.
package struct SwiftPublishClaim: Hashable, Sendable {
    /// The only format of signatures there is: detached CMS.
    package static let signatureFormat = "cms-1.0.0"
    /// The most bytes a signature may have; with its certificates one has a few thousand, and it is sent in a header.
    package static let maximumSignatureBytes = 24 << 10

    /// The metadata document as it was sent; nil where none was.
    package var metadata: [UInt8]?
    /// The signature of the archive, in DER.
    package var archiveSignature: [UInt8]?
    /// The signature of the metadata document, in DER.
    package var metadataSignature: [UInt8]?
    /// What the request's header names as the signatures' format.
    package var format: String?

    /// Collects the parts of a request.
    package init(
        metadata: [UInt8]? = nil, archiveSignature: [UInt8]? = nil, metadataSignature: [UInt8]? = nil,
        format: String? = nil
    ) {
        self.metadata = metadata
        self.archiveSignature = archiveSignature
        self.metadataSignature = metadataSignature
        self.format = format
    }

    /// Reads the claim of a submission, as ``value`` made it.
    init(_ value: JSONValue) {
        func bytes(_ member: String) -> [UInt8]? {
            value[member]?.stringValue.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
        }
        self.init(
            metadata: bytes("metadata"), archiveSignature: bytes("archiveSignature"),
            metadataSignature: bytes("metadataSignature"), format: value["format"]?.stringValue)
    }

    /// The claim as a submission carries it.
    package var value: JSONValue {
        func text(_ bytes: [UInt8]?) -> JSONValue? { bytes.map { .string(Data($0).base64EncodedString()) } }
        return .compactObject([
            ("metadata", text(metadata)), ("archiveSignature", text(archiveSignature)),
            ("metadataSignature", text(metadataSignature)), ("format", format.map(JSONValue.string)),
        ])
    }

    /// Checks that the parts belong together; who signed is not looked at here.
    /// - Throws: `Problem` with ``Problem/Code/badRequest``.
    func checkSignatures() throws(Problem) {
        let signatures = [archiveSignature, metadataSignature].compactMap { $0 }
        guard signatures.allSatisfy({ !$0.isEmpty && $0.count <= Self.maximumSignatureBytes }) else {
            throw Problem(.badRequest, "A signature has at most \(Self.maximumSignatureBytes) bytes, and at least one.")
        }
        guard archiveSignature != nil else {
            guard metadataSignature == nil, format == nil else {
                throw Problem(.badRequest, "The request names a signature but does not sign the source archive.")
            }
            return
        }
        guard format == Self.signatureFormat else {
            throw Problem(
                .badRequest,
                "The header X-Swift-Package-Signature-Format must be '\(Self.signatureFormat)' for a signed archive."
            )
        }
        guard (metadata == nil) == (metadataSignature == nil) else {
            throw Problem(.badRequest, "The metadata of a signed archive must be signed, too.")
        }
    }
}
