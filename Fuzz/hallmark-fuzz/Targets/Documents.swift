import Ecosystems
import Formats
import RegistryModel

/// The index documents of a project with one release.
struct Documents {
    private let history: ProjectHistory
    /// The same with a release that is not yanked: Composer lists no other.
    private let live: ProjectHistory
    private let readme: Readme?

    init(_ manifest: Manifest, _ received: ReceivedFile, _ format: any PackageFormat) {
        let time = Timestamp(seconds: 1_700_000_000)
        let file = PackageFile(
            id: 1, name: manifest.fileName, size: 1, digests: received.digests, publishedAt: time, receivedAt: time,
            kind: manifest.fileKind, document: manifest.fileDocument, metadataDigest: nil, isRemoved: false)
        func release(_ state: ReleaseState) -> Release {
            Release(
                id: 1, version: manifest.version, state: state, stateReason: manifest.summary,
                deprecation: manifest.summary,
                publishedAt: time, receivedAt: time, origin: "upload", publisher: "ada", publisherKind: .token,
                document: manifest.document, files: [file])
        }
        let project = Project(
            id: 1, ecosystem: format.ecosystem, name: manifest.name, visibility: .public, status: .deprecated,
            statusReason: manifest.summary, createdAt: time, updatedAt: time, revision: 1,
            latestVersion: manifest.version.display, summary: manifest.summary)
        func history(_ state: ReleaseState) -> ProjectHistory {
            ProjectHistory(
                project: project, releases: [release(state)], tags: ["latest": manifest.version.display], members: [])
        }
        self.history = history(.yanked)
        live = history(.live)
        readme = manifest.readme
    }

    /// Renders everything and reads it again.
    func check() throws(FuzzFailure) {
        let python = PyPIIndex(base: "http://localhost:8080/pypi", pages: "http://localhost:8080/p/pypi")
        try MarkupCheck(String(decoding: python.projectHTML(history), as: UTF8.self)).check()
        let packument = NPMPackument(history, base: "http://localhost:8080/npm", host: "localhost")
        let addresses = SwiftAddresses(base: "http://localhost:8080/swift")
        let swift = SwiftReleaseDocument(history, history.releases[0], addresses)
        let composer = ComposerMetadata(live, base: "http://localhost:8080/composer")
        let documents = [
            SwiftReleaseList(history, addresses).page(1)?.body ?? [],
            swift.body(
                archive: history.releases[0].files[0],
                kept: SwiftReleaseFile(manifests: [], metadata: nil, claim: SwiftPublishClaim())),
            composer.document(development: false).bytes(), composer.document(development: true).bytes(),
            python.projectJSON(history), packument.full(readme: readme).bytes(), packument.abbreviated().bytes(),
        ]
        for document in documents {
            do throws(JSONViolation) {
                _ = try JSONValue.parse(document, maximumBytes: .max, maximumDepth: 200)
            } catch {
                throw FuzzFailure("an index document is not JSON: \(error)")
            }
        }
        let lines = CargoIndex.file(history).split(separator: 0x0A, omittingEmptySubsequences: false)
        try require(lines.count == 2 && lines[1].isEmpty, "a release has more than one line in cargo's index")
    }
}
