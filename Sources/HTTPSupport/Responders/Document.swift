package import RegistryModel

/// An index document, ready to be sent.
package struct Document: Sendable {
    /// The bytes, not compressed.
    package let body: [UInt8]
    /// The `Content-Type`.
    package let mediaType: String
    /// Whether everybody gets exactly these bytes.
    ///
    /// Only then they are kept for the next reader.
    package let isPublic: Bool
    /// When what it shows was last changed.
    package let lastModified: Timestamp?
    /// Further response fields; names that are no tokens are left out.
    package let headers: [(name: String, value: String)]

    /// Collects a document.
    package init(
        body: [UInt8], mediaType: String, isPublic: Bool, lastModified: Timestamp? = nil,
        headers: [(name: String, value: String)] = []
    ) {
        self.body = body
        self.mediaType = mediaType
        self.isPublic = isPublic
        self.lastModified = lastModified
        self.headers = headers
    }
}
