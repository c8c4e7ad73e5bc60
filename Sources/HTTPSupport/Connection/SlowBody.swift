/// A request's body arrived too slowly, or not at all.
package struct SlowBody: Error, Hashable, Sendable {
    /// Makes the error.
    package init() {}
}
