package import RegistryModel

/// The ecosystem of PHP packages, as Composer speaks to it.
package enum Composer {
    /// Its id in rows, URLs and token scopes.
    package static let ecosystem = EcosystemID(rawValue: "composer")
}
