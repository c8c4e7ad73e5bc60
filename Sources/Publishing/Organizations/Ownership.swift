/// The use cases of who owns what: organizations, what is offered, what changes hands, what is critical.
package struct Ownership: Sendable {
    package let organizations: Organizations
    package let invitations: Invitations
    package let transfers: ProjectTransfers
    package let critical: CriticalProjects

    /// Works on `core`.
    package init(core: RegistryCore) {
        organizations = Organizations(core: core)
        invitations = Invitations(core: core)
        transfers = ProjectTransfers(core: core)
        critical = CriticalProjects(core: core)
    }
}

extension Lifecycle {
    /// The use cases of who owns what.
    package var ownership: Ownership { Ownership(core: core) }
}
