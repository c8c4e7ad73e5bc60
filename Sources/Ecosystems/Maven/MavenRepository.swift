import RegistryModel

/// The two repositories: one whose files never change, and one for builds on the way to a release.
enum MavenRepository: String, CaseIterable, Sendable {
    case releases, snapshots

    /// Whether a version's directory belongs into it.
    func holds(_ coordinates: MavenCoordinates) -> Bool {
        coordinates.isSnapshot == (self == .snapshots)
            && MavenCoordinates.timestamped(coordinates.version) == nil
    }

    /// Where else the version belongs, in words.
    func refusal(of coordinates: MavenCoordinates) -> Problem {
        if MavenCoordinates.timestamped(coordinates.version) != nil {
            return Problem(
                .versionInvalid,
                "\(coordinates.version) is the build of a snapshot; it belongs into the snapshot repository under its "
                    + "-SNAPSHOT directory.")
        }
        return self == .releases
            ? Problem(
                .versionInvalid,
                "\(coordinates) is a snapshot; the release repository takes releases only. Deploy it to the snapshot "
                    + "repository.")
            : Problem(
                .versionInvalid,
                "\(coordinates) is no snapshot; the snapshot repository takes versions that end in -SNAPSHOT only.")
    }
}
