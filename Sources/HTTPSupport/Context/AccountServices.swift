package import Accounts
package import Publishing

/// The use cases of people: what the pages, the API and the adapters' own sign-in need beside ``RegistryServices``.
package struct AccountServices: Sendable {
    /// Signing up and in, factors, sessions, addresses, recovery.
    package let people: AccountUseCases
    /// Whose scopes and groupIds are.
    package let namespaces: Namespaces

    /// Collects the use cases; the composition root does it.
    package init(people: AccountUseCases, namespaces: Namespaces) {
        self.people = people
        self.namespaces = namespaces
    }
}
