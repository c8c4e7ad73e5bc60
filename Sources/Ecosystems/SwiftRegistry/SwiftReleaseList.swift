package import RegistryModel
import Versioning

/// The releases of a package, page by page, the newest version first
/// ([specification](https://github.com/swiftlang/swift-package-manager/blob/main/Documentation/PackageRegistry/Registry.md#41-list-package-releases)).
package struct SwiftReleaseList: Sendable {
    /// How many releases a page has.
    package static let pageSize = 500

    private let name: ProjectName
    private let addresses: SwiftAddresses
    private let releases: [Release]
    private let repositories: [String]
    private let pageSize: Int

    /// Makes the list of a package at one mount.
    ///
    /// `repositories` are the addresses of its source repositories, the one that counts first: SwiftPM finds by them that a
    /// dependency on a repository and one on this package are the same.
    package init(
        _ history: ProjectHistory, _ addresses: SwiftAddresses, repositories: [String] = [],
        pageSize: Int = SwiftReleaseList.pageSize
    ) {
        self.repositories = repositories
        name = history.project.name
        releases = Self.sorted(history.releases)
        self.addresses = addresses
        self.pageSize = max(1, pageSize)
    }

    /// The releases with the highest version first.
    static func sorted(_ releases: [Release]) -> [Release] {
        releases.compactMap { release in SemVer(release.version.display).map { (release, $0) } }
            .sorted { $0.1.precedence(over: $1.1) > 0 }.map(\.0)
    }

    /// The newest stable release that may be resolved, or the newest of all where none is stable.
    static func latest(of sorted: [Release]) -> Release? {
        let live = sorted.filter { $0.state == .live }
        return live.first { SemVer($0.version.display)?.isPrerelease == false } ?? live.first
    }

    /// How many pages there are.
    package var pageCount: Int { max(1, (releases.count + pageSize - 1) / pageSize) }

    /// A page's document and its `Link` header; nil where there is no such page.
    ///
    /// The first is 1.
    package func page(_ number: Int) -> (body: [UInt8], link: (name: String, value: String)?)? {
        guard (1...pageCount).contains(number) else { return nil }
        let shown = releases.dropFirst((number - 1) * pageSize).prefix(pageSize)
        let members = shown.map { JSONValue.Member($0.version.display, entry($0)) }
        let body: JSONValue = ["releases": .object(members)]
        return (body.bytes(), SwiftAddresses.header(links(number)))
    }

    private func entry(_ release: Release) -> JSONValue {
        let address = JSONValue.string(addresses.release(name, release.version.display))
        guard release.state == .yanked else { return ["url": address] }
        let reason = release.stateReason.flatMap { $0.isEmpty ? nil : $0 }
        let detail = reason.map { "Yanked: \($0)" } ?? "The publishers of this release have yanked it."
        return ["url": address, "problem": ["status": 410, "title": "Gone", "detail": .string(detail)]]
    }

    private func links(_ number: Int) -> [(address: String, rel: String, parameters: String)] {
        var links: [(address: String, rel: String, parameters: String)] = []
        if let latest = Self.latest(of: releases) {
            links.append((addresses.release(name, latest.version.display), "latest-version", ""))
        }
        for (index, repository) in repositories.enumerated() {
            links.append((repository, index == 0 ? "canonical" : "alternate", ""))
        }
        guard pageCount > 1 else { return links }
        func page(_ number: Int, _ rel: String) -> (address: String, rel: String, parameters: String) {
            (number == 1 ? addresses.package(name) : "\(addresses.package(name))?page=\(number)", rel, "")
        }
        links.append(page(1, "first"))
        if number > 1 { links.append(page(number - 1, "prev")) }
        if number < pageCount { links.append(page(number + 1, "next")) }
        links.append(page(pageCount, "last"))
        return links
    }
}
