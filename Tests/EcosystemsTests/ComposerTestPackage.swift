import Archives
import Ecosystems
import Formats
import RegistryModel

/// Builds archives of PHP packages in memory, right unless a test changes them.
struct ComposerTestPackage {
    var document = #"{"name":"hm/tiny","description":"A tiny thing","license":"MIT","require":{"php":">=7.4"}}"#
    var files: [(path: String, content: String)] = [("src/X.php", "<?php\n")]
    /// The directory around everything; nil for none.
    var top: String?
    var name = "hm/tiny"
    var version = "1.0.0"

    private var entries: [(path: String, content: String)] {
        let prefix = top.map { $0 + "/" } ?? ""
        return ([(path: "composer.json", content: document)] + files).map { (prefix + $0.path, $0.content) }
    }

    var zip: [UInt8] { PyPITestPackage.zip(entries) }

    var tarball: [UInt8] {
        var archive = NPMTestPackage("")
        archive.entries = entries.map { ($0.path, UInt8(ascii: "0"), Array($0.content.utf8)) }
        return archive.tarball
    }

    /// Inspects bytes, those of the zip by default, as they would be after an upload.
    func inspect(_ bytes: [UInt8]? = nil) throws -> Manifest {
        let bytes = bytes ?? zip
        let file = ReceivedFile(
            name: "x", digests: FileHasher.digests(of: bytes), content: MemoryByteSource(bytes))
        let submission = Submission(
            ecosystem: Composer.ecosystem, name: name, version: version, files: [file], claim: .null)
        return try ComposerFormat().inspect(submission, limits: ArchiveLimits())
    }

    /// The refusal, or nil where the package is accepted.
    func refusal(_ bytes: [UInt8]? = nil) throws -> Problem? {
        do {
            _ = try inspect(bytes)
            return nil
        } catch let problem as Problem {
            return problem
        }
    }
}
