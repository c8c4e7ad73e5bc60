package import RegistryModel

/// The ecosystem of Maven artifacts, as Maven, Gradle and their kin speak to it.
package enum Maven {
    /// Its id in rows, URLs and token scopes.
    package static let ecosystem = EcosystemID(rawValue: "maven")
}
