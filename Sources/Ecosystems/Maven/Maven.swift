package import RegistryModel

/// The ecosystem of Maven artifacts, as Maven, Gradle and their kin speak to it.
package enum Maven {
    /// Its id in rows, URLs and token scopes.
    package static let ecosystem = EcosystemID(rawValue: "maven")

    /// The refusal of a dry run: a release arrives in several requests, or is staged first anyway.
    static let noDryRun = Problem(
        .notSupported,
        "Maven releases cannot be published as a dry run. Upload the bundle as USER_MANAGED, read its report, and drop it."
    )
}
