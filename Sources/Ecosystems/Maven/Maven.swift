package import RegistryModel

/// The ecosystem of Maven artifacts, as Maven, Gradle and their kin speak to it.
package enum Maven {
    /// Its id in rows, URLs and token scopes.
    package static let ecosystem = EcosystemID(rawValue: "maven")

    /// The refusal of a dry run, and of a wish for staging, where files come one by one: the last of those requests may
    /// never come, and what was meant to wait would be published.
    static let oneByOne = Problem(
        .notSupported,
        "Files that are deployed one by one can be neither staged nor tried. Upload a bundle, as 'hallmark publish' does, or "
            + "use a token that always stages.")
}
