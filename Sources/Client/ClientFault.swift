/// Why a command of the client side cannot go on, in words for whoever typed it.
package struct ClientFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What happened and what to do next; may have several lines.
    package let detail: String
    /// Whether the command itself was wrong, rather than the answer no.
    package let isUsage: Bool
    /// What the registry said, where it was its refusal.
    package let refusal: Refusal?

    /// Explains why something did not work.
    package init(_ detail: String, isUsage: Bool = false) {
        self.detail = detail
        self.isUsage = isUsage
        refusal = nil
    }

    /// Wraps a refusal of the registry.
    package init(_ refusal: Refusal) {
        detail = refusal.description
        isUsage = false
        self.refusal = refusal
    }

    package var description: String { detail }
}
