import RegistryModel
import Versioning

/// The rules for distribution tags.
enum NPMTag {
    private static let maximumLength = 128

    /// Checks a tag: what a URL needs not escape, and nothing that npm would take for a range of versions.
    /// - Throws: `Problem` with ``Problem/Code/tagInvalid``.
    static func check(_ tag: String) throws(Problem) {
        let isPlain = tag.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_.!~*'()".utf8.contains(byte)
            }
        }
        guard !tag.isEmpty, tag.utf8.count <= maximumLength, isPlain else {
            throw Problem(
                .tagInvalid,
                "A tag has at most \(maximumLength) letters, digits and \"-\", \"_\", \".\", and no spaces.")
        }
        guard NPMRange(tag) == nil else {
            throw Problem(.tagInvalid, "Tag name must not be a valid SemVer range: \(tag)")
        }
    }
}
