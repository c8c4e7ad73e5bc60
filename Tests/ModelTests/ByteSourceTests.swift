import RegistryModel
import Testing

@Suite("Bytes in memory")
struct ByteSourceTests {
    private let source = MemoryByteSource(Array("lantern".utf8))

    @Test(
        "Reads stop at the end",
        arguments: [
            (0, 7, "lantern"), (0, 100, "lantern"), (3, 2, "te"), (6, 5, "n"), (7, 1, ""), (8, 1, ""), (0, 0, ""),
            (.max, .max, ""),
        ])
    func reads(offset: Int, count: Int, expected: String) throws {
        #expect(try source.read(at: offset, count: count) == Array(expected.utf8))
    }

    @Test("A negative place or count reads nothing", arguments: [(-1, 3), (.min, 3), (.min, .max), (0, -1), (3, .min)])
    func negative(offset: Int, count: Int) throws {
        #expect(try source.read(at: offset, count: count) == [])
    }

    @Test("A source that gives little at a time is read to its end, and one that ends early gives what it had")
    func short() throws {
        #expect(try Dripping(bytes: Array("lantern".utf8), length: 7).read(at: 1, count: 5) == Array("anter".utf8))
        #expect(try Dripping(bytes: Array("lan".utf8), length: 7).read(at: 1, count: 5) == Array("an".utf8))
    }

    /// Gives one byte at a time, and may know less than it says.
    private struct Dripping: ByteSource {
        let bytes: [UInt8]
        let length: Int

        func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            guard offset < bytes.count, !buffer.isEmpty else { return 0 }
            buffer[0] = bytes[offset]
            return 1
        }
    }
}
