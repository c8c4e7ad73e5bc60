/// The source repository that a project is held to.
package struct SourcePin: Hashable, Sendable {
    /// The form under which two spellings of its address are the same: `host/path`.
    package let key: String
    /// The address as the package writes it.
    package let address: String

    /// Collects both; the ecosystem's format computes the key.
    package init(key: String, address: String) {
        self.key = key
        self.address = address
    }

    /// The code host.
    package var host: String { String(key.prefix { $0 != "/" }) }
}
