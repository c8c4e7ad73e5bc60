import RegistryModel
import Testing

@Suite("JSON that is refused")
struct JSONRefusalTests {
    @Test(
        "Not JSON",
        arguments: [
            "", " ", "nul", "nulll", "True", "NaN", "Infinity", "-", "+1", ".5", "1.", "1.e1", "1e", "1e+", "01", "-01",
            "00", "0x1",
            "1 2", "[", "]", "[1,]", "[,1]", "[1 2]", "[1}", "{", "}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}",
            "{a:1}", "{'a':1}",
            "{1:2}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "\"", "\"\\", "\"\\\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12g4\"",
            "\"\\u 123\"",
            "\"\\u+123\"", "\"a\nb\"", "\"a\tb\"", "'a'", "/**/1", "1//", "[1]]", "\u{A0}1", "\u{FEFF}\u{FEFF}1",
            "1\u{FEFF}", "1e999",
            "-1e999", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud800\\ud800\"", "\"\\ud800x\"",
            "\"\\ud800\\n\"",
            "\"\\uDE00\\uD83D\"", "\"\\ud800\\",
        ])
    func syntax(text: String) {
        #expect {
            try JSONValue.parse(Array(text.utf8))
        } throws: { error in
            if case JSONViolation.syntax(let offset)? = error as? JSONViolation {
                return (0...text.utf8.count).contains(offset)
            }
            return false
        }
    }

    @Test(
        "Text that is no UTF-8",
        arguments: [
            [0x22, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xC1, 0xBF, 0x22], [0x22, 0xE0, 0x80, 0x80, 0x22],
            [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xED, 0xB0, 0x80, 0x22], [0x22, 0xF0, 0x80, 0x80, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xF8, 0x88, 0x80, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22],
            [0x22, 0xFF, 0x22],
            [0xFF, 0xFE, 0x31, 0x00], [0x00, 0x31], [0x22, 0x5C, 0x75, 0x30, 0x30, 0xC3, 0xA9, 0x22],
        ] as [[UInt8]])
    func encoding(bytes: [UInt8]) {
        #expect(throws: JSONViolation.self) { try JSONValue.parse(bytes) }
    }

    @Test(
        "A member named twice, also by escapes or by another normal form of the same text",
        arguments: [
            #"{"a":1,"a":2}"#, #"{"a":1,"b":{},"\u0061":2}"#, #"[{"é":1,"\u0065\u0301":2}]"#, #"{"":1,"":1}"#,
        ])
    func duplicates(text: String) {
        #expect {
            try JSONValue.parse(Array(text.utf8))
        } throws: { error in
            if case JSONViolation.duplicateMember? = error as? JSONViolation { true } else { false }
        }
        #expect(throws: Never.self) { try JSONValue.parse(Array(#"[{"a":1},{"a":1},{"A":1,"a":{"a":1}}]"#.utf8)) }
    }

    @Test("U+0000 in a string or a name")
    func nullCharacter() {
        for text in [#""\u0000""#, #"{"a\u0000":1}"#] {
            #expect {
                try JSONValue.parse(Array(text.utf8))
            } throws: { error in
                if case JSONViolation.nullCharacter? = error as? JSONViolation { true } else { false }
            }
        }
        #expect(throws: JSONViolation.syntax(offset: 1)) { try JSONValue.parse([0x22, 0x00, 0x22]) }
    }

    @Test("Levels: as many as allowed and not one more")
    func depth() throws {
        func nested(_ open: String, _ close: String, _ levels: Int) -> [UInt8] {
            Array((String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels)).utf8)
        }
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
            let levels = open.hasPrefix("[{") ? 32 : 64
            #expect(throws: Never.self) { try JSONValue.parse(nested(open, close, levels)) }
            #expect(throws: JSONViolation.tooDeep(limit: 64)) { try JSONValue.parse(nested(open, close, levels + 1)) }
        }
        #expect(throws: JSONViolation.tooDeep(limit: 3)) {
            try JSONValue.parse(Array("[[[[]]]]".utf8), maximumDepth: 3)
        }
        #expect(throws: JSONViolation.tooDeep(limit: 64)) {
            try JSONValue.parse([UInt8](repeating: UInt8(ascii: "["), count: 1 << 20))
        }
        _ = try JSONValue.parse(Array("[[],[],{}]".utf8), maximumDepth: 2)
    }

    @Test("Bytes: as many as allowed and not one more")
    func size() throws {
        _ = try JSONValue.parse(Array("[1234]".utf8), maximumBytes: 6)
        #expect(throws: JSONViolation.tooLarge(limit: 5)) { try JSONValue.parse(Array("[1234]".utf8), maximumBytes: 5) }
    }

    @Test("Long runs are read in one pass", .timeLimit(.minutes(10)))
    func long() throws {
        let many = 1 << 20
        let digits = try JSONValue.parse([UInt8](repeating: UInt8(ascii: "9"), count: 300))
        #expect(digits == .number(1e300))
        #expect(throws: JSONViolation.self) { try JSONValue.parse([UInt8](repeating: UInt8(ascii: "9"), count: many)) }
        let zeros = Array("0.".utf8) + [UInt8](repeating: UInt8(ascii: "0"), count: many)
        #expect(try JSONValue.parse(zeros) == .number(0))
        let members = "{" + (0..<50_000).map { "\"\($0)\":0" }.joined(separator: ",") + "}"
        #expect(try JSONValue.parse(Array(members.utf8)).members?.count == 50_000)
        let spaces = [UInt8](repeating: 0x20, count: many) + Array("1".utf8)
        #expect(try JSONValue.parse(spaces) == 1)
    }

    @Test("A byte order mark before the document is ignored")
    func byteOrderMark() throws {
        #expect(try JSONValue.parse(Array("\u{FEFF} [1]".utf8)) == [1])
    }
}
