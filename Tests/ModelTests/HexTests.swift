import HallmarkTesting
import RegistryModel
import Testing

@Suite("Hexadecimal digits and digests")
struct HexTests {
    @Test("Every byte there and back, in either case")
    func roundTrip() {
        let bytes = (0...255).map { UInt8($0) }
        let text = Hex.encode(bytes)
        #expect(text == (0...255).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
        #expect(Hex.decode(text) == bytes)
        #expect(Hex.decode(text.uppercased()) == bytes)
        #expect(Hex.encode([]) == "" && Hex.decode("") == [])
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "0", "000", "0g", "g0", " 00", "00 ", "0x00", "-1", "+1", "é", "\u{FF10}\u{FF10}", "0\u{301}", "00\n", "/0",
            ":0", "@0", "`0", "G0",
        ])
    func refused(text: String) {
        #expect(Hex.decode(text) == nil)
    }

    @Test("A digest has exactly 32 bytes")
    func digest() throws {
        let digest = try #require(SHA256Digest((0..<32).map { UInt8($0) }))
        #expect(SHA256Digest(hex: digest.hex) == digest)
        #expect(SHA256Digest(hex: digest.hex.uppercased())?.description == digest.hex)
        #expect(SHA256Digest([UInt8](repeating: 0, count: 31)) == nil)
        #expect(SHA256Digest(hex: digest.hex + "00") == nil)
        #expect(SHA256Digest(hex: String(digest.hex.dropLast())) == nil)
    }

    @Test("Comparing in constant time gives the answer of ==", arguments: 0..<4)
    func constantTime(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let left = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            var right = left
            switch Int.random(in: 0..<4, using: &generator) {
            case 0 where !right.isEmpty:
                let place = Int.random(in: 0..<right.count, using: &generator)
                right[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: right.append(0)
            case 2 where !right.isEmpty: right.removeLast()
            default: break
            }
            #expect(constantTimeEqual(left, right) == (left == right))
        }
        #expect(constantTimeEqual([], []) && !constantTimeEqual([], [0]))
    }
}
