import Formats
import RegistryModel

/// Turns what a distribution says about itself into the neutral manifest.
enum PyPIManifest {
    /// Makes the manifest with the documents the index is rendered from.
    /// - Throws: `Problem` where the name or version in the metadata is not acceptable.
    static func make(_ distribution: PyPIDistribution, file: PyPIFileName) throws -> Manifest {
        let metadata = distribution.metadata
        let format = PyPIFormat()
        var manifest = Manifest(
            name: try format.projectName(metadata.name), version: try format.version(metadata.version),
            fileName: file.text)
        manifest.summary = metadata.summary
        manifest.readme = readme(metadata)
        manifest.license = license(metadata)
        manifest.homepage = link(metadata, ["homepage"]) ?? metadata.homePage
        manifest.repository = link(metadata, ["source", "repository", "sourcecode", "github"])
        manifest.documentation = link(metadata, ["documentation", "docs"])
        manifest.keywords = metadata.keywords
        manifest.authors = authors(metadata)
        manifest.dependencies = dependencies(metadata)
        manifest.installHooks = distribution.installHooks
        manifest.document = releaseDocument(metadata)
        manifest.fileDocument = fileDocument(metadata, file)
        manifest.fileKind = file.kind.rawValue
        // Of a source distribution the metadata is final only where PEP 643 says so.
        if file.kind == .wheel || metadata.hasStaticDependencies { manifest.fileMetadata = distribution.metadataBytes }
        return manifest
    }

    /// The declared dependencies, each once.
    static func dependencies(_ metadata: CoreMetadata) -> [Dependency] {
        var seen: Set<PythonRequirement> = []
        return metadata.requirements.filter { seen.insert($0).inserted }.map { requirement in
            let extra = requirement.marker?.extras.first
            return Dependency(
                ecosystem: PyPI.ecosystem, name: requirement.name, nameKey: requirement.nameKey,
                requirement: requirement.requirement, kind: extra.map { "extra:\($0)" } ?? "runtime",
                isOptional: extra != nil)
        }
    }

    private static func readme(_ metadata: CoreMetadata) -> Readme? {
        guard let text = metadata.description else { return nil }
        let type = (metadata.descriptionContentType ?? "").prefix { $0 != ";" }.trimmed.lowercased()
        // Without a type the specification lets readers try reStructuredText.
        return Readme(mediaType: ["text/markdown", "text/plain"].contains(type) ? type : "text/x-rst", text: text)
    }

    /// The SPDX expression, else the licence field where it is a name and not a text, else what the classifiers say.
    private static func license(_ metadata: CoreMetadata) -> String? {
        if let expression = metadata.licenseExpression { return expression }
        if let text = metadata.license, text.count <= 100, !text.contains(where: \.isNewline) { return text }
        let names = metadata.classifiers.filter { $0.hasPrefix("License ::") }
            .compactMap { $0.split(separator: "::").last.map { String($0.trimmed) } }
        return names.isEmpty ? nil : names.joined(separator: ", ")
    }

    /// The first link with one of the labels, compared as the
    /// [well-known labels](https://packaging.python.org/en/latest/specifications/well-known-project-urls/) are.
    private static func link(_ metadata: CoreMetadata, _ labels: [String]) -> String? {
        for label in labels {
            let match = metadata.projectURLs.first { link in
                link.label.lowercased().filter { $0.isLetter || $0.isNumber } == label
            }
            if let match { return match.url }
        }
        return nil
    }

    /// The authors by name; an address only where no name is given.
    private static func authors(_ metadata: CoreMetadata) -> [String] {
        if let author = metadata.author { return [author] }
        return (metadata.authorEmail ?? "").split(separator: ",").map { entry in
            let name = entry.prefix { $0 != "<" }.trimmed.filter { $0 != "\"" }
            return name.isEmpty ? String(entry.trimmed) : String(name)
        }
    }

    /// What the per-release JSON document needs; the description is kept apart, with the release's page.
    private static func releaseDocument(_ metadata: CoreMetadata) -> JSONValue {
        func text(_ value: String?) -> JSONValue? { value.map(JSONValue.string) }
        func texts(_ values: [String]) -> JSONValue? { values.isEmpty ? nil : .strings(values) }
        let links = metadata.projectURLs.map {
            JSONValue.object([.init("label", .string($0.label)), .init("url", .string($0.url))])
        }
        return .compactObject([
            ("summary", text(metadata.summary)), ("description_content_type", text(metadata.descriptionContentType)),
            ("keywords", texts(metadata.keywords)), ("home_page", text(metadata.homePage)),
            ("download_url", text(metadata.downloadURL)), ("author", text(metadata.author)),
            ("author_email", text(metadata.authorEmail)), ("maintainer", text(metadata.maintainer)),
            ("maintainer_email", text(metadata.maintainerEmail)), ("license", text(metadata.license)),
            ("license_expression", text(metadata.licenseExpression)), ("license_files", texts(metadata.licenseFiles)),
            ("classifiers", texts(metadata.classifiers)), ("platform", texts(metadata.platforms)),
            ("requires_python", text(metadata.requiresPython)), ("requires_dist", texts(metadata.requiresDist)),
            ("provides_extra", texts(metadata.providesExtra)), ("project_urls", links.isEmpty ? nil : .array(links)),
            ("dynamic", texts(metadata.dynamic)),
        ])
    }

    /// What the index needs of a single file.
    private static func fileDocument(_ metadata: CoreMetadata, _ file: PyPIFileName) -> JSONValue {
        .compactObject([
            ("requires_python", metadata.requiresPython.map(JSONValue.string)),
            ("python_version", .string(file.tags?.python ?? "source")),
            ("metadata_version", .string(metadata.metadataVersion)),
        ])
    }
}
