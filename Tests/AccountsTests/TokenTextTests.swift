import Accounts
import HallmarkTesting
import RegistryModel
import Synchronization
import Testing

@Suite("The text of a token")
struct TokenTextTests {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

    private static func tokens(_ count: Int, seed: UInt64 = 1) -> [String] {
        let random = SeededRandomSource(seed: seed)
        return (0..<count).map { _ in TokenText.make(random: random) }
    }

    @Test("It has the published form and is never the same twice")
    func form() throws {
        let pattern = /hlmk_[0-9A-Za-z]{36}/
        let tokens = (0..<1000).map { _ in TokenText.make(random: SystemRandomSource()) }
        for token in tokens {
            #expect(token.wholeMatch(of: pattern) != nil, "\(token.count) characters")
            #expect(TokenText.isWellFormed(token))
        }
        #expect(Set(tokens).count == tokens.count)
        #expect(Set(tokens.map { $0.dropFirst(5).prefix(6) }).count > 990)
    }

    @Test("The checksum is zlib's CRC-32 in base 62", .enabled(if: SystemPython.isAvailable, "needs python3"))
    func checksum() async throws {
        let script = """
            import sys, zlib
            alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
            for line in sys.stdin:
                value, digits = zlib.crc32(line.strip()[5:35].encode()), ''
                for _ in range(6): value, digits = value // 62, alphabet[value % 62] + digits
                print(digits)
            """
        let tokens = Self.tokens(500)
        let expected = try await SystemPython.lines(of: script, reading: tokens)
        #expect(tokens.map { String($0.suffix(6)) } == expected)
    }

    @Test("Every character of the alphabet is equally likely, as far as chi-squared sees")
    func uniform() {
        var counts: [Character: Int] = [:]
        for token in Self.tokens(4000) {
            for character in token.dropFirst(5).prefix(30) { counts[character, default: 0] += 1 }
        }
        #expect(Set(counts.keys) == Set(Self.alphabet))
        let expected = 4000.0 * 30 / 62
        let deviation = counts.values.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        // 61 degrees of freedom: more than 100 happens once in a thousand, and the numbers are the same in every run.
        #expect(deviation < 100, "chi-squared is \(deviation)")
    }

    @Test("Bytes that would make some characters likelier are thrown away")
    func rejection() {
        let token = TokenText.make(random: Lopsided())
        #expect(token.dropFirst(5).prefix(30).allSatisfy { $0 == "0" })
    }

    @Test("One wrong character, two that change places, and anything of another form are no token")
    func damaged() throws {
        var generator = SeededGenerator(seed: 5)
        for token in Self.tokens(200) {
            var characters = Array(token)
            let place = Int.random(in: 5..<41, using: &generator)
            let other = Self.alphabet.filter { $0 != characters[place] }
            characters[place] = other[Int.random(in: 0..<other.count, using: &generator)]
            #expect(!TokenText.isWellFormed(String(characters)))
            characters = Array(token)
            let left = Int.random(in: 5..<40, using: &generator)
            if characters[left] != characters[left + 1] {
                characters.swapAt(left, left + 1)
                #expect(!TokenText.isWellFormed(String(characters)))
            }
        }
        let token = try #require(Self.tokens(1).first)
        let zeros = String(repeating: "0", count: 36)
        let wrong: [String] = [
            "", "hlmk_", "\(token)0", "\(token.dropLast())", " \(token.dropFirst())", "\(token)\n", token.uppercased(),
            "hlmk-\(token.dropFirst(5))", "HLMK_\(token.dropFirst(5))", "\(token.dropLast())é",
            "\u{FF48}\(token.dropFirst())", "00000\(zeros)", "hlmk_\(zeros)", "\(token)\u{301}",
            "hlmk_------------------------------\(token.suffix(6))",
        ]
        for text in wrong { #expect(!TokenText.isWellFormed(text), "\(text)") }
    }

    @Test("What is stored is the SHA-256 of the text")
    func hash() {
        #expect(
            Hex.encode(TokenText.hash("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("A credential does not show its secret")
    func description() {
        let credential = Credential(secret: "hlmk_secret", userName: "alice")
        for text in ["\(credential)", String(reflecting: credential), "\(String(describing: Optional(credential)))"] {
            #expect(!text.contains("secret") && !text.contains("alice"))
        }
        var dumped = ""
        dump(credential, to: &dumped)
        #expect(!dumped.contains("hlmk_secret"))
    }

    /// Gives first only bytes that must not be used, then zeros.
    private final class Lopsided: RandomSource {
        private let calls = Mutex(0)

        func bytes(_ count: Int) -> [UInt8] {
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            return (0..<count).map { call == 1 ? UInt8(248 + $0 % 8) : 0 }
        }
    }
}
