package import RegistryModel
import Versioning

/// What is known of one release
/// ([specification](https://github.com/swiftlang/swift-package-manager/blob/main/Documentation/PackageRegistry/Registry.md#42-fetch-information-about-a-package-release)).
package struct SwiftReleaseDocument: Sendable {
    private let history: ProjectHistory
    private let release: Release
    private let addresses: SwiftAddresses

    /// Describes a release at one mount.
    package init(_ history: ProjectHistory, _ release: Release, _ addresses: SwiftAddresses) {
        self.history = history
        self.release = release
        self.addresses = addresses
    }

    /// The document, from the archive and what is kept beside it.
    package func body(archive: PackageFile, kept: SwiftReleaseFile) -> [UInt8] {
        let signing = kept.archiveSignature.map { signature -> JSONValue in
            [
                "signatureBase64Encoded": .string(signature),
                "signatureFormat": .string(kept.signatureFormat ?? SwiftPublishClaim.signatureFormat),
            ]
        }
        let resource = JSONValue.compactObject([
            ("name", "source-archive"), ("type", "application/zip"),
            ("checksum", .string(archive.digests.sha256.hex)), ("signing", signing),
        ])
        let document: JSONValue = [
            "id": .string(history.project.name.display), "version": .string(release.version.display),
            "resources": [resource], "metadata": kept.metadata ?? .object([]),
            "publishedAt": .string(release.publishedAt.rfc3339(.milliseconds)),
        ]
        return document.bytes()
    }

    /// Links to the newest release and to the neighbours of this one.
    package var link: (name: String, value: String)? {
        let sorted = SwiftReleaseList.sorted(history.releases)
        var links: [(address: String, rel: String, parameters: String)] = []
        func add(_ other: Release?, _ rel: String) {
            guard let other else { return }
            links.append((addresses.release(history.project.name, other.version.display), rel, ""))
        }
        add(SwiftReleaseList.latest(of: sorted), "latest-version")
        if let index = sorted.firstIndex(where: { $0.id == release.id }) {
            add(index > sorted.startIndex ? sorted[sorted.index(before: index)] : nil, "successor-version")
            let next = sorted.index(after: index)
            add(next < sorted.endIndex ? sorted[next] : nil, "predecessor-version")
        }
        return SwiftAddresses.header(links)
    }
}
