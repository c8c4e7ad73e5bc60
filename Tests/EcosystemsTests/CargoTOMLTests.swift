import Foundation
import RegistryModel
import Testing

@testable import Ecosystems

@Suite("TOML")
struct CargoTOMLTests {
    private static func parse(_ text: String) throws -> JSONValue { try TOMLReader.parse(Array(text.utf8)) }

    @Test("A document with everything")
    func everything() throws {
        let value = try Self.parse(
            """
            # a comment
            title = "A \\"quoted\\" \\u00e9 \\U0001F600\\t"
            literal = 'C:\\no\\escape'
            many = \"""
            one \\
               two
            ""three""\"""
            raw = '''
            it's''' # behind
            "quoted key".'and'.more = 1
            ints = [0, -1, +2, 1_000, 0xDEAD_beef, 0o17, 0b101,]
            floats = [
              1.5, -0.0, 1e3, 6.26e-2, # inside
            ]
            flags = { yes = true, no = false, "in".ner = [] }
            at = [1979-05-27T07:32:00Z, 1979-05-27 07:32:00.5, 1979-05-27, 07:32:00]

            [a.b]
            c = 1
            [a]
            d = 2
            [[list]]
            x = 1
            [list.sub]
            y = 2
            [[list]]
            """)
        #expect(value["title"] == "A \"quoted\" é 😀\t")
        #expect(value["literal"] == "C:\\no\\escape")
        #expect(value["many"] == "one two\n\"\"three\"\"")
        #expect(value["raw"] == "it's")
        #expect(value["quoted key"]?["and"]?["more"] == 1)
        #expect(value["ints"] == [0, -1, 2, 1000, 3_735_928_559, 15, 5])
        #expect(value["floats"]?.arrayValue?.first == .number(1.5))
        #expect(value["flags"] == ["yes": true, "no": false, "in": ["ner": []]])
        #expect(value["at"]?.arrayValue?.count == 4)
        #expect(value["a"] == ["b": ["c": 1], "d": 2])
        #expect(value["list"] == [["x": 1, "sub": ["y": 2]], [:]])
    }

    @Test("Line ends of both kinds, none at the end, and nothing at all")
    func lineEnds() throws {
        #expect(try Self.parse("a = 1\r\nb = \"\"\"x\r\ny\"\"\"\r\n") == ["a": 1, "b": "x\ny"])
        #expect(try Self.parse("") == [:])
        #expect(try Self.parse("[a]") == ["a": [:]])
    }

    static let refused = [
        "a", "a =", "= 1", "a = 1 b = 2", "a = 1\na = 2", "a.b = 1\na = 2", "a = 1\na.b = 2", "[a]\n[a]", "[a]\n[[a]]",
        "[[a]]\n[a]", "a = []\n[[a]]", "a = {}\n[a.b]", "a = {}\na.b = 1", "[a.b.c]\n[a]\nb.c.d = 1", "a.b = 1\n[a]",
        "[a",
        "[a]]", "[[a]", "[]", "[a..b]", "a = [1", "a = [1 2]", "a = {b = 1", "a = {b = 1,}", "a = {,}", "a = \"x",
        "a = 'x",
        "a = \"x\ny\"", "a = \"\\x\"", "a = \"\\u12\"", "a = \"\\uD800\"", "a = \"\\u0000\"", "a = \"\"\"x",
        "a = \"\u{1}\"",
        "a = 01", "a = 1_", "a = _1", "a = 1__2", "a = 1.", "a = .5", "a = 1e", "a = 0x", "a = +0x1", "a = 0b2",
        "a = - 1",
        "a = 9223372036854775808", "a = tru", "a = yes", "a = 1979-13-01", "a = 1979-02-29", "a = 25:00:00",
        "a = 1979-05-27T",
        "\"\"\"a\"\"\" = 1",
        "a = 1 \r b = 2", "# \u{7F}", "a = \"\"\"\"\"\"\"\"\"", "a b = 1", "\u{FEFF}é = 1",
    ]

    @Test("What is no TOML is refused", arguments: refused)
    func malformed(text: String) {
        #expect(throws: TOMLViolation.self) { try Self.parse(text) }
    }

    @Test("Bytes and depth are bounded, whatever makes the depth")
    func bounds() {
        #expect(throws: TOMLViolation.tooLarge(limit: 10)) {
            try TOMLReader.parse(Array("a = 1234567".utf8), maximumBytes: 10)
        }
        #expect(throws: TOMLViolation.notUTF8) { try TOMLReader.parse([0xFF]) }
        let count = 100_000
        let deep = [
            "a = " + String(repeating: "[", count: count), "a = " + String(repeating: "{a=", count: count),
            String(repeating: "a.", count: count) + "a = 1", "[" + String(repeating: "a.", count: count) + "a]",
            "a = {" + String(repeating: "a.", count: count) + "a = 1}",
        ]
        for text in deep {
            #expect {
                try Self.parse(text)
            } throws: {
                if case .tooDeep? = $0 as? TOMLViolation { true } else { false }
            }
        }
    }

    @Test("Many tables and keys take time in proportion")
    func manyTables() throws {
        let text = String(repeating: "[[a]]\n", count: 60_000)
        #expect(try Self.parse(text)["a"]?.arrayValue?.count == 60_000)
    }

    @Test("Errors name the line")
    func lines() {
        #expect(throws: TOMLViolation.syntax(line: 3)) { try Self.parse("a = 1\n\nb = ?") }
        #expect(throws: TOMLViolation.duplicateKey("a", line: 2)) { try Self.parse("a = 1\na = 1") }
    }
}

/// Python's own TOML reader, from 3.11 on.
@Suite("Python's tomllib as oracle", .enabled(if: CargoTOMLOracle.isAvailable))
struct CargoTOMLOracleTests {
    private static let seed = """
        [package]
        name = "lamp"
        version = "0.1.0"
        description = \"""
        A 'lamp'
        with lines\"""
        keywords = [
            "a",
            "b", # c
        ]
        x.y = { a = 1, b = [true, 1.5] }

        [features]
        default = ["a", 'b']

        [target."cfg(unix)".dependencies.libc]
        version = "=0.2.3"
        raw = '''x'''
        n = [0x1F, -3, 1e5]

        [[bin]]
        name = "one"

        [[bin]]
        name = "two"

        """

    @Test("The same documents are read, and read the same")
    func agreement() throws {
        var texts = [Self.seed] + CargoTOMLTests.refused
        var state: UInt64 = 7
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let alphabet = Array("\"'[]{}=.,#\n\\ a1_-+e:T\t".unicodeScalars)
        for _ in 0..<3000 {
            var scalars = Array(Self.seed.unicodeScalars)
            for _ in 0...next(3) {
                let index = next(scalars.count)
                switch next(4) {
                case 0: scalars[index] = alphabet[next(alphabet.count)]
                case 1: scalars.remove(at: index)
                case 2: scalars.insert(alphabet[next(alphabet.count)], at: index)
                default:
                    let end = min(scalars.count, index + next(40))
                    scalars.insert(contentsOf: scalars[index..<end], at: next(scalars.count))
                }
            }
            texts.append(String(String.UnicodeScalarView(scalars)))
        }
        let answers = try CargoTOMLOracle.parse(texts)
        try #require(answers.count == texts.count)
        var accepted = 0
        for (text, answer) in zip(texts, answers) {
            let own = try? TOMLReader.parse(Array(text.utf8))
            #expect(
                own.map(CargoTOMLOracle.canonical) == (answer.isNull ? nil : CargoTOMLOracle.canonical(answer)),
                "\(text)")
            if own != nil { accepted += 1 }
        }
        #expect(accepted > 300)
    }
}

enum CargoTOMLOracle {
    private static let script = """
        import json, sys, tomllib
        def plain(value):
            if isinstance(value, dict): return {k: plain(v) for k, v in value.items()}
            if isinstance(value, list): return [plain(v) for v in value]
            if isinstance(value, str) and chr(0) in value: raise ValueError
            if isinstance(value, bool) or isinstance(value, str): return value
            if isinstance(value, int):
                if not -2**63 <= value < 2**63: raise ValueError
                return value
            if isinstance(value, float): return {'float': repr(value)} if abs(value) < float('inf') else '?'
            return '?'
        out = []
        for text in json.load(sys.stdin):
            try: out.append(plain(tomllib.loads(text)))
            except Exception: out.append(None)
        json.dump(out, sys.stdout)
        """

    static let isAvailable = (try? parse(["a = 1"])) == [["a": 1]]

    /// What Python reads, null where it refuses.
    static func parse(_ texts: [String]) throws -> [JSONValue] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(JSONValue.strings(texts).bytes()))
        try input.fileHandleForWriting.close()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return try JSONValue.parse(Array(answer)).arrayValue ?? []
    }

    /// Members in the order of their names; floats as Python shows them are read back.
    static func canonical(_ value: JSONValue) -> String {
        switch value {
        case .object(let members):
            if members.count == 1, members[0].name == "float", let text = members[0].value.stringValue,
                let number = Double(text)
            {
                return "float \(number)"
            }
            let sorted = members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            return "{" + sorted.map { "\($0.name): \(canonical($0.value))" }.joined(separator: ", ") + "}"
        case .array(let elements): return "[" + elements.map(canonical).joined(separator: ", ") + "]"
        case .number(let number): return "float \(number)"
        case .string(let text) where TOMLDateTime.isValid(text) || text.hasSuffix("inf") || text.hasSuffix("nan"):
            return "?"
        case .string(let text): return text
        default: return "\(value)"
        }
    }
}
