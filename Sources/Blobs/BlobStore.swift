package import RegistryModel

/// Why a blob could not be had.
package enum BlobFault: Error, Hashable, Sendable {
    /// No blob has that digest.
    case missing(SHA256Digest)
    /// The blob's length is not what the database says.
    case wrongLength(SHA256Digest, expected: Int64, found: Int64)
    /// The blob's content is not what was stored.
    case wrongContent(SHA256Digest)
}

/// Content-addressed storage for files.
///
/// The contract of every implementation: `store` returns only when the content would survive a power failure, storing the
/// same content twice is no error and heals a damaged blob, and a reader never sees a part of a blob.
package protocol BlobStore: Sendable {
    /// Keeps an upload under its SHA-256 digest.
    func store(_ content: SpooledContent) async throws

    /// Opens a blob whose length is known from the database.
    ///
    /// The source tells whether its content was compared with the digest; an implementation on files returns a
    /// `VerifiableByteSource`. Throws ``BlobFault``, also where damage that was found before has not been healed.
    func open(_ digest: SHA256Digest, size: Int64) async throws -> any ByteSource

    /// Opens a blob for a publish, which what readers keep open must not hold up.
    ///
    /// As ``open(_:size:)`` otherwise.
    func openForPublish(_ digest: SHA256Digest, size: Int64) async throws -> any ByteSource
}

extension BlobStore {
    package func openForPublish(_ digest: SHA256Digest, size: Int64) async throws -> any ByteSource {
        try await open(digest, size: size)
    }
}
