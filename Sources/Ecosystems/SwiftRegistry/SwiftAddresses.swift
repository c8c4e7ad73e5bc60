import HTTPSupport
package import RegistryModel

/// The addresses of packages below one mount, and links to them.
///
/// SwiftPM splits the `Link` header at commas and semicolons, quoted or not; an address with one of them is left out.
package struct SwiftAddresses: Hashable, Sendable {
    /// The absolute address of the mount, without a trailing slash.
    package let base: String

    /// Makes the addresses of a mount.
    package init(base: String) {
        self.base = base
    }

    /// Where a package's releases are listed, in the spelling of its first publish.
    package func package(_ name: ProjectName) -> String {
        let parts = name.display.split(separator: ".").map { PathSegment.encode(String($0)) }
        return ([base] + parts).joined(separator: "/")
    }

    /// Where a release is described.
    package func release(_ name: ProjectName, _ version: String) -> String {
        "\(package(name))/\(PathSegment.encode(version))"
    }

    /// Where the manifest of a release is.
    package func manifest(_ name: ProjectName, _ version: String) -> String {
        "\(release(name, version))/Package.swift"
    }

    /// A `Link` header; nil without links.
    static func header(_ links: [(address: String, rel: String, parameters: String)]) -> (name: String, value: String)?
    {
        let values = links.filter { !$0.address.contains { ",;<>\"".contains($0) } }
            .map { "<\($0.address)>; rel=\"\($0.rel)\"\($0.parameters)" }
        return values.isEmpty ? nil : ("Link", values.joined(separator: ", "))
    }
}
