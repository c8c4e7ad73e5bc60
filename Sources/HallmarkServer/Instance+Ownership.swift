package import Publishing

extension Instance {
    /// Organizations, invitations, transfers, and what is critical.
    package var ownership: Ownership { lifecycle.ownership }
}
