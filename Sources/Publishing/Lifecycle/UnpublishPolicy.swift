import RegistryModel

/// The written rule of who may remove what.
///
/// The page that shows it and the code that enforces it read the same values.
package struct UnpublishPolicy: Hashable, Sendable {
    /// How many hours after its publish an owner may remove a release.
    package var hours: Int64
    /// A release with this many downloads or more stays.
    package var downloads: Int64
    /// Whether a project that others depend on stays.
    package var protectsDependents: Bool
    /// For how many days an administrator can restore what was removed.
    package var restoreDays: Int64

    /// The defaults of the contract.
    package init(hours: Int64 = 72, downloads: Int64 = 100, protectsDependents: Bool = true, restoreDays: Int64 = 30) {
        self.hours = hours
        self.downloads = downloads
        self.protectsDependents = protectsDependents
        self.restoreDays = restoreDays
    }

    /// Decides about one release.
    ///
    /// Throws ``Problem/Code/unpublishRefused`` with the reason.
    func check(_ label: String, publishedAt: Timestamp, downloads count: Int64, hasDependents: Bool, now: Timestamp)
        throws(Problem)
    {
        let advice = "Yank or deprecate it instead, or ask the operator."
        guard now <= publishedAt.advanced(bySeconds: hours * 3600) else {
            throw Problem(.unpublishRefused, "\(label) was published more than \(hours) hours ago and stays. \(advice)")
        }
        guard count < downloads else {
            throw Problem(
                .unpublishRefused,
                "\(label) has been downloaded \(count) times (\(downloads) or more) and stays. \(advice)")
        }
        guard !protectsDependents || !hasDependents else {
            throw Problem(.unpublishRefused, "Other projects depend on \(label), so it stays. \(advice)")
        }
    }
}
