package import RegistryModel

/// Content that a store has already, as a file of a publish that takes several requests.
///
/// Whoever makes one has a row that keeps the collector away from the blob.
package final class KeptContent: ByteSource {
    /// What it is kept under.
    package let digest: SHA256Digest
    package let length: Int
    private let source: any ByteSource

    /// Wraps an open blob.
    package init(_ digest: SHA256Digest, _ source: any ByteSource) {
        self.digest = digest
        self.source = source
        length = source.length
    }

    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try source.read(at: offset, into: buffer)
    }
}
