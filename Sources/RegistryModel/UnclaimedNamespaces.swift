/// Who may create projects in a namespace that nobody has verified and nobody was assigned.
package enum UnclaimedNamespaces: String, Sendable, CaseIterable {
    /// Whoever comes first; from then on the owners of what is there.
    case firstCome = "first-come"
    /// Nobody. It has no bearing on reserved prefixes: a name that nobody reserved lies in no namespace.
    case verifiedOnly = "verified-only"
}
