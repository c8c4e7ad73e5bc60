package import RegistryModel

/// Why a metadata file of a Python package is not acceptable.
package enum CoreMetadataFault: Error, Hashable, Sendable {
    /// More bytes than allowed.
    case tooLarge(limit: Int)
    /// More fields than allowed.
    case tooManyFields(limit: Int)
    /// The file holds U+0000, which no store accepts.
    case nullCharacter
    case notUTF8
    /// A line, counted from 1, that is neither a field nor the continuation of one.
    case malformedLine(Int)
    case missing(field: String)
    /// A field that may be given once is there several times; readers would take different ones.
    case duplicate(field: String)
    case unsupportedMetadataVersion(String)
    /// A field's value does not follow its grammar.
    case invalid(field: String, value: String)
    /// A requirement names a place to download from instead of a version.
    case directReference(String)
}

extension Problem {
    /// Explains why a metadata file was refused.
    /// - Parameters:
    ///   - fault: What is wrong.
    ///   - file: The name of the metadata file in the archive.
    package init(_ fault: CoreMetadataFault, in file: String) {
        let reason =
            switch fault {
            case .tooLarge(let limit): "it is larger than \(limit) bytes"
            case .tooManyFields(let limit): "it has more than \(limit) fields"
            case .nullCharacter: "it contains a NUL character"
            case .notUTF8: "it is not encoded in UTF-8"
            case .malformedLine(let number): "line \(number) is not a header field"
            case .missing(let field): "the field \(field) is missing"
            case .duplicate(let field): "the field \(field) is given more than once"
            case .unsupportedMetadataVersion(let version):
                "metadata version '\(Self.excerpt(version))' is not known here"
            case .invalid(let field, let value): "'\(Self.excerpt(value))' is not a valid value for \(field)"
            case .directReference(let value):
                "dependencies must name a version, not a place to download from: '\(Self.excerpt(value))'"
            }
        self.init(.metadataInvalid, "\(file) cannot be accepted: \(reason).")
    }

    /// The start of a text of the client's, on one line, for a message.
    package static func excerpt(_ text: String, limit: Int = 120) -> String {
        let line = String(
            text.limited(toScalars: limit + 1).map {
                $0.isNewline || $0.unicodeScalars.contains { $0.value < 0x20 } ? " " : $0
            })
        return line.unicodeScalars.count > limit ? line.limited(toScalars: limit) + "…" : line
    }
}
