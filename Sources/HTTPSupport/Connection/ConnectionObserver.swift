/// Told about requests that never reach a handler.
package struct ConnectionObserver: Sendable {
    /// A request of that client was refused with that status before it was a request.
    package var refused: @Sendable (_ status: Int, _ client: String) -> Void
    /// A connection was closed because its client was too slow; the word says at what.
    package var gaveUp: @Sendable (_ reason: String) -> Void

    /// Collects the callbacks.
    ///
    /// They are called on event loops and must be quick.
    package init(
        refused: @escaping @Sendable (_ status: Int, _ client: String) -> Void = { _, _ in },
        gaveUp: @escaping @Sendable (_ reason: String) -> Void = { _ in }
    ) {
        self.refused = refused
        self.gaveUp = gaveUp
    }
}
