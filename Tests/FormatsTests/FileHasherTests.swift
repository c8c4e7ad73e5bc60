import Formats
import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Digests of a file in one pass")
struct FileHasherTests {
    @Test("Known vectors: the empty text and abc")
    func vectors() {
        let empty = FileHasher().finalize()
        #expect(Hex.encode(empty.md5) == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(Hex.encode(empty.sha1) == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        #expect(empty.sha256.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            Hex.encode(empty.blake2b256) == "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8")
        let abc = FileHasher.digests(of: "abc".utf8)
        #expect(Hex.encode(abc.md5) == "900150983cd24fb0d6963f7d28e17f72")
        #expect(Hex.encode(abc.sha1) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(abc.sha256.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Hex.encode(abc.sha512)
                == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
        #expect(abc.sha256 == SHA256Digest(hashing: Array("abc".utf8)))
    }

    @Test("The pieces in which the bytes arrive make no difference")
    func pieces() {
        var generator = SeededGenerator(seed: 7)
        let bytes = (0..<10_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let whole = FileHasher.digests(of: bytes)
        for _ in 0..<20 {
            var hasher = FileHasher()
            var position = 0
            while position < bytes.count {
                let end = min(bytes.count, position + Int.random(in: 0...700, using: &generator))
                hasher.update(bytes[position..<end])
                position = end
            }
            #expect(hasher.finalize() == whole)
        }
    }

    @Test("A copy goes on by itself, and finishing changes nothing")
    func copies() {
        var first = FileHasher()
        first.update("ab".utf8)
        var second = first
        second.update("x".utf8)
        _ = first.finalize()
        first.update("c".utf8)
        #expect(first.finalize() == FileHasher.digests(of: "abc".utf8))
        #expect(second.finalize() == FileHasher.digests(of: "abx".utf8))
    }

    @Test("Python's hashlib agrees", .enabled(if: PythonOracle.runs("import hashlib")))
    func oracle() throws {
        let script = """
            import hashlib
            for n in [0, 1, 127, 128, 129, 255, 256, 1000, 70000]:
                data = bytes((i * 31 + n) % 256 for i in range(n))
                made = [hashlib.new(a, data).hexdigest() for a in ("md5", "sha1", "sha256", "sha512")]
                print(n, *made, hashlib.blake2b(data, digest_size=32).hexdigest())
            """
        let lines = try PythonOracle.run(script).split(separator: "\n")
        #expect(lines.count == 9)
        for line in lines {
            let fields = line.split(separator: " ").map(String.init)
            let count = try #require(Int(fields[0]))
            let digests = FileHasher.digests(of: (0..<count).map { UInt8(truncatingIfNeeded: $0 * 31 + count) })
            let made = [digests.md5, digests.sha1, digests.sha256.bytes, digests.sha512, digests.blake2b256]
            #expect(made.map { Hex.encode($0) } == Array(fields[1...]))
        }
    }
}
