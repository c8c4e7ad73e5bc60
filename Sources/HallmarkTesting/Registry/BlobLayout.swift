import Foundation
package import RegistryModel

/// The two places below a directory of blobs in which a blob can lie.
package enum BlobLayout {
    /// Where it lies.
    package static func path(_ digest: SHA256Digest) -> String {
        "\(digest.hex.prefix(2))/\(digest.hex)"
    }

    /// Where versions before this layout put it.
    package static func earlierPath(_ digest: SHA256Digest) -> String {
        "\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2).prefix(2))/\(digest.hex)"
    }

    /// Puts a blob where an earlier version would have put it, or a copy of it.
    package static func makeEarlier(_ digest: SHA256Digest, in blobs: String, copies: Bool = false) throws {
        let earlier = "\(blobs)/\(earlierPath(digest))"
        try FileManager.default.createDirectory(
            at: URL(filePath: earlier).deletingLastPathComponent(), withIntermediateDirectories: true)
        let path = "\(blobs)/\(path(digest))"
        if copies {
            // Whole at once, as the server's own files are: readers may look meanwhile.
            try FileManager.default.copyItem(atPath: path, toPath: earlier + ".partial")
            try FileManager.default.moveItem(atPath: earlier + ".partial", toPath: earlier)
        } else {
            try FileManager.default.moveItem(atPath: path, toPath: earlier)
        }
    }
}
