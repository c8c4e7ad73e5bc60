import HTTPSupport
import HTTPTypes
import Hummingbird
import RegistryModel

extension MavenPath {
    /// The path behind a repository's root that a request names; nil where it stands for nothing.
    init?(of context: RegistryContext) {
        var segments: [String] = []
        for raw in context.parameters.getCatchAll() {
            guard let segment = PathSegment.decode(raw) else { return nil }
            segments.append(segment)
        }
        self.init(segments.joined(separator: "/"))
    }
}

extension MavenPath.Checksum {
    /// A file's digest as the file beside it has it: lower-case hexadecimal and nothing else.
    func text(of digests: FileDigests) -> String {
        Hex.encode(bytes(of: digests))
    }

    /// A file's digest of this kind.
    func bytes(of digests: FileDigests) -> [UInt8] {
        switch self {
        case .md5: digests.md5
        case .sha1: digests.sha1
        case .sha256: digests.sha256.bytes
        case .sha512: digests.sha512
        }
    }
}

extension HTTPField.Name {
    /// `X-Checksum-MD5` and its kin, as other repositories send them.
    static let mavenMD5 = HTTPField.Name("X-Checksum-MD5") ?? .via
    static let mavenSHA1 = HTTPField.Name("X-Checksum-SHA1") ?? .via
    static let mavenSHA256 = HTTPField.Name("X-Checksum-SHA256") ?? .via
    static let mavenSHA512 = HTTPField.Name("X-Checksum-SHA512") ?? .via
    /// Asks the server to make checksums of what is sent without any.
    static let generateChecksums = HTTPField.Name("X-Generate-Checksums") ?? .via
}
