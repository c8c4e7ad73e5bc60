package import Publishing

extension RegistryServices {
    /// Organizations, invitations, transfers, and what is critical.
    package var ownership: Ownership { lifecycle.ownership }
}
