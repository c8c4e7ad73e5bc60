package import Publishing

/// The rules for removing what was published, with the values that are enforced.
package struct PolicyPage: PageContent {
    package static let template = "policy"

    package let frame: PageFrame
    let hours: String
    let downloads: String
    let restoreDays: String
    let protectsDependents: Bool

    /// Describes the policy.
    package init(_ policy: UnpublishPolicy, publicURL: String) {
        frame = PageFrame(
            title: "Removing what was published", publicURL: publicURL, canonicalPath: "/policies/unpublish",
            section: .policy)
        hours = Quantity.count(policy.hours)
        downloads = Quantity.count(policy.downloads)
        restoreDays = Quantity.count(policy.restoreDays)
        protectsDependents = policy.protectsDependents
    }
}
