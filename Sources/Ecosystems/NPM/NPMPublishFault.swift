package import RegistryModel

/// Why a publish body is not acceptable.
package enum NPMPublishFault: Error, Hashable, Sendable {
    /// Not JSON, or JSON that two readers could understand differently.
    case json(JSONViolation)
    /// Everything beside the tarball is longer than allowed.
    case documentTooLarge(limit: Int)
    /// The provenance bundle is longer than allowed.
    case bundleTooLarge(limit: Int)
    /// More levels of nesting than allowed.
    case tooDeep(limit: Int)
    /// An attachment's `data` is not base64 in its canonical form.
    case base64
    /// The body carries more than one tarball.
    case severalTarballs
    /// The body carries more than one provenance bundle.
    case severalBundles
    /// An attachment has no `data`, or something else than a string in its place.
    case attachmentWithoutData(String)
    /// An attachment's `length` is not the length of its content.
    case wrongLength(declared: Int64, found: Int64)
    /// The body is not an object, or `_attachments` is not.
    case notAnObject
}

extension Problem {
    /// Explains a body that could not be read.
    package init(_ fault: NPMPublishFault) {
        switch fault {
        case .json(.duplicateMember(let name)):
            self.init(.badRequest, "The body names \"\(name.prefix(80))\" twice.")
        case .json(.tooDeep(let limit)), .tooDeep(let limit):
            self.init(.badRequest, "The body is nested deeper than \(limit) levels.")
        case .json(let violation):
            self.init(.badRequest, "The body is not valid JSON.", diagnostic: String(describing: violation))
        case .documentTooLarge(let limit):
            self.init(.tooLarge, "The package document without its tarball is larger than \(limit >> 20) MiB.")
        case .bundleTooLarge(let limit):
            self.init(.tooLarge, "The provenance bundle is larger than \(limit >> 20) MiB.")
        case .base64:
            self.init(.badRequest, "The attached tarball is not valid base64.")
        case .severalTarballs:
            self.init(.badRequest, "Exactly one tarball can be attached.")
        case .severalBundles:
            self.init(.badRequest, "At most one provenance bundle can be attached.")
        case .attachmentWithoutData(let name):
            self.init(.badRequest, "The attachment \"\(name.prefix(230))\" has no data.")
        case .wrongLength(let declared, let found):
            self.init(
                .digestMismatch, "The attachment says it has \(declared) bytes but \(found) arrived; publish it again.")
        case .notAnObject:
            self.init(.badRequest, "The body is not a package document.")
        }
    }
}
