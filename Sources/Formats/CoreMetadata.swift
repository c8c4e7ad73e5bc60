/// What a Python package says about itself in METADATA (wheels) or PKG-INFO (source distributions).
///
/// Follows the [core metadata specification](https://packaging.python.org/en/latest/specifications/core-metadata/), versions
/// 1.0 to 2.5, and 2.0, which was never final but was written by the tools of its time. It is not held against a file that it
/// uses a field of a later version than it declares; fields that no version knows are ignored. `UNKNOWN`, which old tools
/// wrote for what was not given, counts as absent.
package struct CoreMetadata: Sendable {
    /// A link with its label.
    package struct ProjectURL: Hashable, Sendable {
        package let label: String
        package let url: String
    }

    /// The versions of the specification that are understood.
    package static let knownVersions = ["1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "2.3", "2.4", "2.5"]

    package let metadataVersion: String
    package let name: String
    package let version: String
    package let summary: String?
    /// The long description, from the body or from the field of that name.
    package let description: String?
    package let descriptionContentType: String?
    package let keywords: [String]
    package let homePage: String?
    package let downloadURL: String?
    package let author: String?
    package let authorEmail: String?
    package let maintainer: String?
    package let maintainerEmail: String?
    /// The text of the old License field, possibly many lines.
    package let license: String?
    /// An SPDX expression.
    package let licenseExpression: String?
    package let licenseFiles: [String]
    package let classifiers: [String]
    package let platforms: [String]
    package let requiresPython: String?
    /// The declared dependencies as they are written.
    package let requiresDist: [String]
    /// The same, read.
    package let requirements: [PythonRequirement]
    package let providesExtra: [String]
    package let projectURLs: [ProjectURL]
    /// The names, in lower case, of fields whose values a build may change.
    package let dynamic: [String]

    /// Reads a metadata file.
    package init(parsing bytes: [UInt8]) throws(CoreMetadataFault) {
        let headers = try CoreMetadataHeaders(parsing: bytes)
        let reader = try CoreMetadataReader(headers)
        metadataVersion = try reader.required("Metadata-Version")
        guard Self.knownVersions.contains(metadataVersion) else { throw .unsupportedMetadataVersion(metadataVersion) }
        name = try reader.required("Name")
        version = try reader.required("Version")
        summary = reader.line("Summary")
        description = try reader.description()
        descriptionContentType = reader.line("Description-Content-Type")
        keywords = reader.keywords()
        homePage = reader.line("Home-page")
        downloadURL = reader.line("Download-URL")
        author = reader.line("Author")
        authorEmail = reader.line("Author-email")
        maintainer = reader.line("Maintainer")
        maintainerEmail = reader.line("Maintainer-email")
        license = reader.text("License")
        licenseExpression = reader.line("License-Expression")
        licenseFiles = reader.lines("License-File")
        classifiers = reader.lines("Classifier")
        platforms = reader.lines("Platform")
        requiresPython = try reader.requiresPython()
        requiresDist = reader.lines("Requires-Dist")
        requirements = try Self.requirements(requiresDist)
        providesExtra = reader.lines("Provides-Extra")
        projectURLs = reader.projectURLs()
        dynamic = try Self.dynamic(reader.lines("Dynamic"))
    }

    /// Whether a source distribution's dependencies are final although it has not been built
    /// ([PEP 643](https://peps.python.org/pep-0643/)): from metadata 2.2 on, where no dependency field is dynamic.
    package var hasStaticDependencies: Bool {
        let before = ["1.0", "1.1", "1.2", "2.0", "2.1"]
        return !before.contains(metadataVersion)
            && !dynamic.contains { ["requires-dist", "provides-extra", "requires-python"].contains($0) }
    }

    private static func requirements(_ texts: [String]) throws(CoreMetadataFault) -> [PythonRequirement] {
        var read: [PythonRequirement] = []
        for text in texts {
            guard let requirement = PythonRequirement(text) else { throw .invalid(field: "Requires-Dist", value: text) }
            guard requirement.url == nil else { throw .directReference(text) }
            read.append(requirement)
        }
        return read
    }

    /// Checks [PEP 643](https://peps.python.org/pep-0643/)'s rule that what identifies a package is never dynamic.
    private static func dynamic(_ names: [String]) throws(CoreMetadataFault) -> [String] {
        let lowercased = names.map { $0.lowercased() }
        for name in lowercased where ["name", "version", "metadata-version", "dynamic"].contains(name) {
            throw .invalid(field: "Dynamic", value: name)
        }
        return lowercased
    }
}
