import Archives
import Crypto
import Ecosystems
import Formats
import Foundation
import RegistryModel
import Testing

@Suite("Python packages: what inspection refuses")
struct PyPIInspectionTests {
    private func refusal(
        _ kind: PyPI.FileKind = .wheel, _ change: (inout PyPITestPackage) -> Void
    ) throws -> Problem? {
        var package = PyPITestPackage()
        change(&package)
        return try package.refusal(kind)
    }

    @Test("A right package passes in both forms")
    func accepted() throws {
        #expect(try refusal(.wheel) { _ in } == nil)
        #expect(try refusal(.source) { _ in } == nil)
    }

    @Test("Metadata of another project or version", arguments: [PyPI.FileKind.wheel, .source])
    func otherIdentity(kind: PyPI.FileKind) throws {
        #expect(try refusal(kind) { $0.statedName = "other" }?.code == .metadataMismatch)
        #expect(try refusal(kind) { $0.statedVersion = "1.1" }?.code == .metadataMismatch)
        #expect(try refusal(kind) { $0.statedName = "TINY-PKG.x" } == nil)
        #expect(try refusal(kind) { $0.statedVersion = "v1.0.0" } == nil)
        #expect(try refusal(kind) { $0.metadataVersion = "3.0" }?.code == .metadataInvalid)
        #expect(try refusal(kind) { $0.fields.append("Summary: again") }?.code == .metadataInvalid)
    }

    @Test("A directory of another project or version")
    func otherFolder() throws {
        #expect(try refusal { $0.folder = "other-1.0" }?.code == .metadataMismatch)
        #expect(try refusal { $0.folder = "Tiny.Pkg_X-1.0.0" } == nil)
        #expect(try refusal(.source) { $0.folder = "other-1.0" }?.code == .archiveInvalid)
        #expect(try refusal(.source) { $0.folder = "Tiny.Pkg_X-1.0.0" } == nil)
    }

    @Test("A source distribution has one directory with PKG-INFO in it")
    func sourceLayout() throws {
        let second = try refusal(.source) { $0.change = { $0.append(("setup.py", "")) } }
        #expect(second?.code == .archiveInvalid)
        let missing = try refusal(.source) { $0.change = { $0.removeAll { $0.path.hasSuffix("PKG-INFO") } } }
        #expect(missing?.code == .metadataInvalid)
        let deeper = try refusal(.source) {
            $0.change = { entries in
                for index in entries.indices { entries[index].path = "tiny_pkg_x-1.0/" + entries[index].path }
            }
        }
        #expect(deeper?.code == .metadataInvalid)
    }

    @Test("A wheel has METADATA, WHEEL and RECORD in one directory", arguments: ["METADATA", "WHEEL", "RECORD"])
    func wheelLayout(file: String) throws {
        let missing = try refusal { $0.change = { $0.removeAll { $0.path.hasSuffix("/\(file)") } } }
        #expect(missing != nil)
        #expect(missing?.code == .metadataInvalid || missing?.code == .metadataMismatch)
        let second = try refusal { $0.files.append(("other-1.0.dist-info/\(file)", "x")) }
        #expect(second?.code == .archiveInvalid)
    }

    @Test("A wheel's own statement of its tags is the file name's")
    func tags() throws {
        #expect(try refusal { $0.tags = ["py2-none-any"] }?.code == .metadataMismatch)
        #expect(try refusal { $0.tags = ["py3-none-any", "py2-none-any"] }?.code == .metadataMismatch)
        #expect(try refusal { $0.tags = [] } == nil)
        #expect(try refusal { $0.tags = ["py3"] }?.code == .metadataInvalid)
        #expect(try refusal { $0.wheelVersion = "2.0" }?.code == .metadataInvalid)
        let both = try refusal {
            $0.fileName = "tiny_pkg_x-1.0-py2.py3-none-any.whl"
            $0.tags = ["py3-none-any", "py2-none-any"]
        }
        #expect(both == nil)
        let packed = try refusal {
            $0.fileName = "tiny_pkg_x-1.0-py2.py3-none-any.whl"
            $0.tags = ["py2.py3-none-any"]
        }
        #expect(packed == nil)
    }

    private typealias Entries = [(path: String, content: String)]

    private func withRecord(_ change: @escaping (inout String) -> Void) throws -> Problem? {
        try refusal {
            $0.change = { (entries: inout Entries) in
                for index in entries.indices where entries[index].path.hasSuffix("/RECORD") {
                    change(&entries[index].content)
                }
            }
        }
    }

    @Test("RECORD and the archive name the same files, once each, with their sizes")
    func record() throws {
        let extra = try refusal { $0.change = { $0.append(("smuggled.py", "evil = 1\n")) } }
        #expect(extra?.code == .metadataMismatch)
        #expect(extra?.detail.contains("smuggled.py") == true)
        #expect(try withRecord { $0 += PyPITestPackage.recordLine("absent.py", "") + "\n" }?.code == .metadataMismatch)
        #expect(try withRecord { $0 += $0.split(separator: "\n")[0] + "\n" }?.code == .metadataMismatch)
        let size = try withRecord { $0 = $0.replacingOccurrences(of: ",10\n", with: ",11\n") }
        #expect(size?.code == .metadataMismatch)
        #expect(try withRecord { $0 = $0.replacingOccurrences(of: ",10\n", with: ",\n") } == nil)
    }

    @Test("RECORD's digests are those of the files, whatever the function")
    func recordDigests() throws {
        func changed(_ old: String, _ new: String) throws -> Problem? {
            try refusal {
                // One file changes behind RECORD's back, with as many bytes as before.
                $0.change = { (entries: inout Entries) in
                    for index in entries.indices where entries[index].path == "tiny_pkg_x/__init__.py" {
                        entries[index].content = entries[index].content.replacingOccurrences(of: old, with: new)
                    }
                }
            }
        }
        #expect(try changed("value = 1", "value = 1") == nil)
        let swapped = try changed("value = 1", "value = 2")
        #expect(swapped?.code == .metadataMismatch)
        #expect(swapped?.detail.contains("__init__.py") == true)
        #expect(try refusal { $0.files.append(("tiny_pkg_x/empty.py", "")) } == nil)

        let content = Array("value = 1\n".utf8)
        let digests = [
            ("sha384", Array(SHA384.hash(data: content))), ("sha512", Array(SHA512.hash(data: content))),
        ]
        for (function, digest) in digests {
            for isRight in [true, false] {
                let bytes = isRight ? digest : digest.map { ~$0 }
                let text = Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
                    .replacingOccurrences(of: "/", with: "_").filter { $0 != "=" }
                let problem = try withRecord { record in
                    let line = PyPITestPackage.recordLine("tiny_pkg_x/__init__.py", "value = 1\n")
                    record = record.replacingOccurrences(
                        of: line, with: "tiny_pkg_x/__init__.py,\(function)=\(text),10")
                }
                #expect(problem?.code == (isRight ? nil : .metadataMismatch), "\(function)")
            }
        }
    }

    @Test("RECORD is a table with a sound digest for every file")
    func recordForm() throws {
        #expect(try withRecord { $0 = $0.replacingOccurrences(of: "sha256=", with: "md5=") }?.code == .metadataInvalid)
        #expect(
            try withRecord { $0 = $0.replacingOccurrences(of: "sha256=", with: "sha256=A") }?.code == .metadataInvalid)
        #expect(try withRecord { $0 += "a,b\n" }?.code == .metadataInvalid)
        #expect(try withRecord { $0 += "\"a,b,c\n" }?.code == .metadataInvalid)
        #expect(try withRecord { $0 += "a,,x\n" }?.code == .metadataInvalid)
        #expect(try withRecord { $0 += "a,,-1\n" }?.code == .metadataInvalid)
        #expect(try withRecord { $0 = $0.replacingOccurrences(of: "\n", with: "\r\n") } == nil)
        #expect(try withRecord { $0 += "\n" } == nil)
        let quoted = try refusal { $0.files = [("tiny,\"pkg\".py", "")] }
        #expect(quoted?.code == .metadataInvalid, "the line in RECORD is not quoted")
        let right = try refusal {
            $0.files = [("tiny,pkg.py", "")]
            $0.change = { (entries: inout Entries) in
                for index in entries.indices where entries[index].path.hasSuffix("/RECORD") {
                    entries[index].content = entries[index].content
                        .replacingOccurrences(of: "tiny,pkg.py", with: "\"tiny,pkg.py\"")
                }
            }
        }
        #expect(right == nil)
    }

    @Test("An unsafe archive is refused as such")
    func unsafe() throws {
        #expect(try refusal { $0.files.append(("../outside.py", "")) }?.code == .archiveUnsafe)
        #expect(try refusal(.source) { $0.change = { $0.append(("/etc/passwd", "")) } }?.code == .archiveUnsafe)
        var package = PyPITestPackage()
        package.fileName = "tiny_pkg_x-1.0.tar.gz"
        let bytes = package.wheel
        let file = ReceivedFile(
            name: "tiny_pkg_x-1.0.tar.gz", digests: FileHasher.digests(of: bytes), content: MemoryByteSource(bytes))
        let submission = Submission(
            ecosystem: PyPI.ecosystem, name: "tiny-pkg-x", version: "1.0", files: [file], claim: .object([]))
        #expect(throws: Problem.self) { try PyPIFormat().inspect(submission, limits: .init()) }
    }

    @Test("The form's claims are held against the file")
    func claims() throws {
        var package = PyPITestPackage()
        package.fields += ["Requires-Python: >=3.8,<4", "Requires-Dist: Foo_Bar[x]>=1", "Requires-Dist: baz"]
        func problem(_ field: String, _ values: String...) throws -> Problem? {
            try package.refusal(claim: package.claim().setting(field, to: .strings(values)))
        }
        #expect(try problem("name", "tiny-pkg.X") == nil)
        #expect(try problem("name", "tiny") != nil)
        #expect(try problem("version", "1.0.0") == nil)
        #expect(try problem("version", "1.0.1")?.code == .metadataMismatch)
        #expect(try problem("requires_python", "< 4, >= 3.8") == nil)
        #expect(try problem("requires_python", "") == nil)
        #expect(try problem("requires_python", ">=3.8")?.code == .metadataMismatch)
        #expect(try problem("requires_python", "nonsense")?.code == .metadataMismatch)
        #expect(try problem("requires_dist", "baz", "foo-bar [X] (>= 1)") == nil)
        #expect(try problem("requires_dist", "baz")?.code == .metadataMismatch)
        #expect(try problem("requires_dist", "baz", "foo-bar[x]>=1", "evil")?.code == .metadataMismatch)
        #expect(try problem("requires_dist", "???")?.code == .metadataMismatch)
        #expect(try problem("filetype", "sdist")?.code == .metadataMismatch)
        #expect(try problem("metadata_version", "2.1") == nil)
        let older = package.claim().setting("metadata_version", to: "2.1")
        #expect(try package.inspect(claim: older).warnings.count == 1)
        #expect(try package.refusal(claim: .object([])) == nil)
    }

    @Test("Every digest that is stated is checked", arguments: ["md5_digest", "sha256_digest", "blake2_256_digest"])
    func digests(field: String) throws {
        let package = PyPITestPackage()
        let digests = FileHasher.digests(of: package.wheel)
        let right = [
            "md5_digest": digests.md5, "sha256_digest": digests.sha256.bytes, "blake2_256_digest": digests.blake2b256,
        ]
        let hex = Hex.encode(try #require(right[field]))
        func problem(_ text: String) throws -> Problem? {
            try package.refusal(claim: package.claim().setting(field, to: .string(text)))
        }
        #expect(try problem(hex) == nil)
        #expect(try problem(hex.uppercased()) == nil)
        #expect(try problem("") == nil)
        #expect(try problem(String(hex.reversed()))?.code == .digestMismatch)
        #expect(try problem(String(hex.dropLast(2)))?.code == .digestMismatch)
        #expect(try problem("not hexadecimal")?.code == .digestMismatch)
    }

    @Test("A direct reference is refused")
    func directReference() throws {
        let problem = try refusal { $0.fields.append("Requires-Dist: evil @ https://example.org/evil.whl") }
        #expect(problem?.code == .metadataInvalid)
    }
}
