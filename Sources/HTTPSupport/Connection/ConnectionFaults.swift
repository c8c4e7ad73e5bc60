/// The client closed the connection or the stream before the request was complete.
///
/// There is nobody to answer.
package struct ClientGone: Error, Sendable {
    /// What the connection said.
    package let reason: String
}
