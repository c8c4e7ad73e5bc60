package import RegistryModel

extension MavenFormat {
    /// A groupId is a domain, reversed.
    package var namespaceKind: NamespaceKind { .domain }
}
