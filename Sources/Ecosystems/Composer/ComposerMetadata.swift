package import RegistryModel
import Versioning

/// What Composer reads of one package
/// ([repository documentation](https://getcomposer.org/doc/05-repositories.md#metadata-url-available-packages-and-packages)).
package struct ComposerMetadata {
    private let history: ProjectHistory
    private let base: String

    /// Prepares to render a package; `base` is the mount's absolute address without a trailing slash.
    package init(_ history: ProjectHistory, base: String) {
        self.history = history
        self.base = base
    }

    /// The document with the stable and unstable releases, or with the development versions only, newest first.
    ///
    /// Composer has no word for a yanked version, so it is not listed; a lock file that names it still installs it. Of a branch
    /// there is its newest build; what lock files name of the others can still be downloaded.
    package func document(development: Bool) -> JSONValue {
        let name = history.project.name.key
        let entries = releases(development: development).map(entry)
        return [
            "packages": .object([.init(name, .array(ComposerMinifier.minify(entries)))]),
            "minified": .string(ComposerMinifier.form),
            // None is known; said here, the client need not ask for them.
            "security-advisories": [], "filter": ["malware": []],
        ]
    }

    private func releases(development: Bool) -> [Release] {
        let scheme = ComposerScheme()
        let shown =
            development
            ? ComposerBranches(history).newest
            : history.releases.filter { release in
                let version = ComposerVersion(release.version.display)
                return release.state != .yanked && version != nil && version?.stability != .dev
                    && ComposerBuild(release.version.display) == nil
            }
        return shown.sorted { scheme.compare($0.version.display, $1.version.display) > 0 }
    }

    private func entry(_ release: Release) -> JSONValue {
        var entry = release.document
        if let file = release.files.first(where: { !$0.isRemoved }) {
            let url = "\(base)/dist/\(ComposerAddress.path(history.project.name.key, file: file.name))"
            let dist: [JSONValue.Member] = [.init("url", .string(url))] + (file.document.members ?? [])
            entry = entry.setting("dist", to: .object(dist))
        }
        entry = entry.setting("time", to: .string(release.publishedAt.rfc3339(.seconds).replacing("Z", with: "+00:00")))
        return entry.setting("abandoned", to: ComposerAbandonment.value(of: history.project) ?? entry["abandoned"])
    }

    /// The `Last-Modified` of a package's documents.
    ///
    /// Composer knows no entity tags: it sends back the last date it was given and takes 304 for "nothing has changed". The
    /// date has whole seconds, and a package can change twice within one. So it counts the package's changes from its first
    /// day on, one second for each: two states never have the same date, a later one always has a later date, and on every
    /// node it is the same. It begins a month before the package does, so that it does not lie in the future.
    package static func lastModified(_ project: Project) -> Timestamp {
        Timestamp(seconds: project.createdAt.seconds - 30 * 86_400 + max(0, project.revision) + edition)
    }

    /// Raised by one with every change of what is rendered here, so that clients ask for it anew.
    private static let edition: Int64 = 0
}
