/// A source repository that a package says it comes from.
package struct SourceRepository: Hashable, Sendable {
    /// The form under which two spellings of its address are the same: `host/path`, in lower case.
    package let key: String
    /// The address as the package writes it.
    package let address: String

    /// Collects both; the ecosystem's `PackageFormat` computes the key.
    package init(key: String, address: String) {
        self.key = key
        self.address = address
    }
}
