/// The bounds on a multipart body.
package struct MultipartLimits: Hashable, Sendable {
    /// Parts of one body.
    package var parts = 512
    /// Bytes of one part's header.
    package var headerBytes = 8 << 10
    /// Bytes before the first delimiter, which clients have no use for.
    package var preambleBytes = 1 << 10
    /// Bytes of a field that is collected in memory.
    package var fieldBytes = 8 << 20

    /// The defaults.
    package init() {}
}
