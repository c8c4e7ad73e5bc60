import Crypto
import NIOCore
import Publishing
import RegistryModel

/// The comparison of a file's content with its digest, while the content is read from the first byte to the last.
struct ContentCheck: Sendable {
    private var hasher = SHA256()
    private let expected: RegistryModel.SHA256Digest
    private let source: (any VerifiableByteSource)?

    /// Begins; what is found is told to `source`, so that the next reader need not compare again.
    init(_ expected: RegistryModel.SHA256Digest, _ source: (any VerifiableByteSource)?) {
        self.expected = expected
        self.source = source
    }

    /// Takes in the next bytes.
    ///
    /// Throws ``Problem/Code/blobDamaged`` after the last ones where the content is not what was stored.
    func taking(_ bytes: ByteBufferView, isLast: Bool) throws -> ContentCheck {
        var next = self
        bytes.withUnsafeBytes { next.hasher.update(bufferPointer: $0) }
        guard isLast else { return next }
        guard let found = SHA256Digest(Array(next.hasher.finalize())) else { return next }
        let isGood = source?.conclude(found) ?? (found == expected)
        guard isGood else {
            throw Catalog.damaged(diagnostic: "wrong content: \(expected.hex) has the digest \(found.hex)")
        }
        return next
    }

    /// The refusal of a file that ends before its length.
    static func truncated(at offset: Int64, of range: Range<Int64>) -> Problem {
        Catalog.damaged(diagnostic: "the file ends at \(offset), before \(range.upperBound)")
    }
}
