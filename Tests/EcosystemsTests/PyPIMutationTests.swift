import Archives
import Ecosystems
import Formats
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Python packages: damaged files")
struct PyPIMutationTests {
    private static func isExplained(_ bytes: [UInt8], name: String) throws -> Bool {
        let file = ReceivedFile(name: name, digests: FileHasher.digests(of: bytes), content: MemoryByteSource(bytes))
        let submission = Submission(
            ecosystem: PyPI.ecosystem, name: "tiny-pkg-x", version: "1.0", files: [file], claim: .object([]))
        do {
            _ = try PyPIFormat().inspect(submission, limits: ArchiveLimits())
            return true
        } catch {
            return error is Problem
        }
    }

    @Test(
        "Every cut and every flipped byte of a file is taken or explained", arguments: [PyPI.FileKind.wheel, .source])
    func mutations(kind: PyPI.FileKind) throws {
        let package = PyPITestPackage()
        let bytes = kind == .wheel ? package.wheel : package.source
        let name = kind == .wheel ? package.wheelName : package.sourceName
        var random = SeededGenerator(seed: 11)
        for count in stride(from: 0, to: bytes.count, by: 29) {
            #expect(try Self.isExplained(Array(bytes[..<count]), name: name))
        }
        for _ in 0..<400 {
            var mutated = bytes
            for _ in 0...Int.random(in: 0...2, using: &random) {
                mutated[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            #expect(try Self.isExplained(mutated, name: name))
        }
    }

    @Test(
        "Every changed byte of RECORD, WHEEL and METADATA is taken or explained",
        arguments: ["RECORD", "WHEEL", "METADATA"])
    func metadataMutations(member: String) throws {
        var random = SeededGenerator(seed: 12)
        for _ in 0..<300 {
            var package = PyPITestPackage()
            let position = Int.random(in: 0...10_000, using: &random)
            let replacement = UInt8.random(in: 0...127, using: &random)
            package.change = { entries in
                for index in entries.indices where entries[index].path.hasSuffix("/\(member)") {
                    var content = Array(entries[index].content.utf8)
                    content[position % content.count] = replacement
                    entries[index].content = String(decoding: content, as: UTF8.self)
                }
            }
            #expect(try Self.isExplained(package.wheel, name: package.wheelName))
        }
    }
}
