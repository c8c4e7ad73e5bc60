import Ecosystems
import RegistryModel

/// The fourth tab: the files of a version, with what is needed to check them.
package struct FilesPage: PageContent {
    package static let template = "project-files"

    /// One file.
    package struct Row: Sendable {
        let name: String
        let href: String?
        let kind: String
        let size: String
        let exactSize: String
        let date: DateView
        let sha256: String
        let shortDigest: String
        let digests: [Digest]
    }

    /// One digest.
    package struct Digest: Equatable, Sendable {
        let label: String
        let value: String
    }

    package let frame: PageFrame
    let head: ProjectHead
    let version: String
    let files: [Row]

    /// Describes the page.
    package init(_ subject: ProjectSubject) {
        let presentation = subject.presentation
        head = ProjectHead(subject, summary: nil)
        frame = subject.frame("Files of \(subject.name) \(subject.version)")
        version = subject.version
        files = subject.release.files.map { file in
            let digests = file.digests
            let sha256 = digests.sha256.hex
            let isServed = !file.isRemoved && subject.project.status != .quarantined
            return Row(
                name: file.name,
                href: isServed ? presentation.filePath(subject.name, subject.version, file.name) : nil,
                kind: presentation.fileKinds[file.kind] ?? file.kind, size: Quantity.size(file.size),
                exactSize: Quantity.exactSize(file.size), date: DateView(file.publishedAt), sha256: sha256,
                shortDigest: "\(sha256.prefix(8))…\(sha256.suffix(8))",
                digests: [
                    Digest(label: "SHA-256", value: sha256),
                    Digest(label: "SHA-512", value: Hex.encode(digests.sha512)),
                    Digest(label: "BLAKE2b-256", value: Hex.encode(digests.blake2b256)),
                    Digest(label: "SHA-1", value: Hex.encode(digests.sha1)),
                    Digest(label: "MD5", value: Hex.encode(digests.md5)),
                ])
        }
    }
}
