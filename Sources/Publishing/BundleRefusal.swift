package import RegistryModel

/// Why releases that were published together are refused.
package struct BundleRefusal: Error, Hashable, Sendable {
    /// What is wrong, by `name version`.
    package let refusals: [String: [Problem]]
}
