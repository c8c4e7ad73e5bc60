/// What the namespaces of an ecosystem are, which decides what proves them and who may create names inside.
package enum NamespaceKind: String, Sendable, CaseIterable {
    /// One word that a name begins with by grammar: a Swift scope, an npm scope, a Composer vendor.
    case scope
    /// A domain's labels, reversed: a Maven groupId and every beginning of it.
    case domain
    /// The beginning of a plain name, which is a namespace only once it has been reserved: PyPI, Cargo.
    case prefix
}
