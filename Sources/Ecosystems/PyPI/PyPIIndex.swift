import RegistryModel
import Versioning

/// Renders the index documents of Python packages from a project's history: no clock, no network, no store.
///
/// The [simple repository API](https://packaging.python.org/en/latest/specifications/simple-repository-api/), version 1.4, in
/// both forms, and the JSON documents per project and per release that older tools read. Alternate locations (PEP 708) are
/// not served. File addresses are absolute, made from the registry's public address.
package struct PyPIIndex: Sendable {
    /// The version of the simple API that is served.
    package static let apiVersion = "1.4"

    /// The address under which the ecosystem is mounted, without a trailing slash.
    let base: String
    /// The address under which people find the projects' pages, without a trailing slash.
    let pages: String

    /// Makes the renderer for one mount.
    /// - Parameters:
    ///   - base: The absolute address of the mount, for example `https://packages.example.org/pypi`.
    ///   - pages: That of the projects' pages, for example `https://packages.example.org/p/pypi`.
    package init(base: String, pages: String) {
        self.base = base
        self.pages = pages
    }

    /// A file with what its release says about it.
    struct OfferedFile {
        let file: PackageFile
        let release: Release

        /// False, true, or the reason: what PEP 592 wants on the wire.
        var yanked: JSONValue {
            guard release.state == .yanked else { return .bool(false) }
            return release.stateReason.flatMap { $0.isEmpty ? nil : .string($0) } ?? .bool(true)
        }
    }

    /// The files that are offered, by version and then by name; none of a quarantined project
    /// ([PEP 792](https://peps.python.org/pep-0792/)).
    static func files(_ history: ProjectHistory) -> [OfferedFile] {
        guard history.project.status != .quarantined else { return [] }
        return releases(history).flatMap { release in
            release.files.filter { !$0.isRemoved }.sorted { $0.name < $1.name }.map {
                OfferedFile(file: $0, release: release)
            }
        }
    }

    /// The visible releases in the order of their versions.
    static func releases(_ history: ProjectHistory) -> [Release] {
        let read = history.releases.filter(\.state.isVisible).map { (PEP440Version($0.version.display), $0) }
        return read.sorted { left, right in
            switch (left.0, right.0) {
            case (let one?, let other?): one < other
            case (nil, let other): other != nil
            case (_?, nil): false
            }
        }.map(\.1)
    }

    /// The absolute address of a file.
    func address(_ file: PackageFile, _ release: Release, _ project: Project) -> String {
        let parts = [project.name.key, release.version.display, file.name].map(Self.segment)
        return "\(base)/files/\(parts.joined(separator: "/"))"
    }

    /// Encodes one path segment.
    ///
    /// A plus sign is encoded too: it is in every local version, and old clients read it as a space.
    static func segment(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "!"):
                out.append(byte)
            default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
