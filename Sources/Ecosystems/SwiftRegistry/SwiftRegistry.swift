package import RegistryModel

/// The ecosystem of Swift packages, as SwiftPM speaks to a registry.
package enum SwiftRegistry {
    /// Its id in rows, URLs and token scopes.
    package static let ecosystem = EcosystemID(rawValue: "swift")
}
