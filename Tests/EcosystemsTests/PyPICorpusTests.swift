import Archives
import Ecosystems
import Formats
import Foundation
import RegistryModel
import Testing

/// The packages that the demonstration corpus has downloaded, where it has; see scripts.
@Suite("Real Python packages pass inspection")
struct PyPICorpusTests {
    private static let files: [URL] = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appendingPathComponent(".build/corpus/pypi")
        let found = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (found ?? []).filter { $0.pathExtension == "whl" || $0.path.hasSuffix(".tar.gz") }
    }()

    @Test("Every wheel and source distribution", .enabled(if: !files.isEmpty))
    func all() throws {
        for url in Self.files {
            let bytes = Array(try Data(contentsOf: url))
            let name = url.lastPathComponent
            let parts = name.split(separator: "-").map(String.init)
            let project = name.hasSuffix(".whl") ? parts[0] : parts.dropLast().joined(separator: "-")
            let version = name.hasSuffix(".whl") ? parts[1] : String((parts.last ?? "").dropLast(7))
            let file = ReceivedFile(
                name: name, digests: FileHasher.digests(of: bytes), content: MemoryByteSource(bytes))
            let submission = Submission(
                ecosystem: PyPI.ecosystem, name: project, version: version, files: [file], claim: .object([]))
            do {
                let manifest = try PyPIFormat().inspect(submission, limits: ArchiveLimits())
                #expect(manifest.fileName == name)
                #expect(!(manifest.fileMetadata?.isEmpty ?? name.hasSuffix(".whl")))
            } catch {
                Issue.record("\(name): \(error)")
            }
        }
    }
}
