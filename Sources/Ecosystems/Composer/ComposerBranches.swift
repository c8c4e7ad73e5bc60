import RegistryModel
import Versioning

/// Which build of each branch is the newest, and which are no longer kept.
struct ComposerBranches {
    private let history: ProjectHistory

    /// Looks at a package.
    init(_ history: ProjectHistory) {
        self.history = history
    }

    /// The releases that are development versions, by the keys of their branches.
    ///
    /// Those from before branches had builds are called like the branch itself.
    private var builds: [String: [Release]] {
        Dictionary(
            grouping: history.releases.filter { release in
                let name = release.version.display
                return ComposerBuild(name) != nil || ComposerBuild.isBranch(name)
            }
        ) { Self.key(of: $0) }
    }

    private static func key(of release: Release) -> String {
        let name = release.version.display
        return ComposerBuild(name)?.branchKey ?? ComposerVersion(name)?.canonical ?? name
    }

    /// The build of each branch that installers get, in no order; what was yanked is passed over.
    var newest: [Release] {
        builds.compactMap { key, releases in
            let offered = releases.filter { $0.state != .yanked }
            // What waits is what its publishers want to see.
            let staged = offered.filter { $0.stagingID != nil }
            return Self.last(staged) ?? offered.first { $0.version.display == history.tags[key] } ?? Self.last(offered)
        }
    }

    private static func last(_ releases: [Release]) -> Release? {
        releases.max { ($0.publishedAt, $0.id) < ($1.publishedAt, $1.id) }
    }

    /// The builds that are more than `count` of their branch, the oldest; never the one that installers get.
    func surplus(keeping count: Int) -> [String] {
        let shown = Set(newest.map(\.id))
        return builds.values.flatMap { releases in
            releases.sorted { ($0.publishedAt, $0.id) < ($1.publishedAt, $1.id) }.dropLast(count)
                .filter { !shown.contains($0.id) }.map(\.version.display)
        }.sorted()
    }
}
