import RegistryModel
import Testing

@Suite("JSON text")
struct JSONTextTests {
    @Test("What is written is read back as it was", arguments: 0..<8)
    func roundTrip(seed: UInt64) throws {
        var samples = JSONSamples(seed: seed)
        for _ in 0..<250 {
            let value = samples.value()
            #expect(try JSONValue.parse(value.bytes()) == value)
            #expect(try JSONValue.parse(samples.loosely(value)) == value)
            let canonical = value.canonicalBytes()
            #expect(try JSONValue.parse(canonical).canonicalBytes() == canonical)
        }
    }

    @Test("Every beginning of a document is refused, never a trap", arguments: 0..<4)
    func truncation(seed: UInt64) throws {
        var samples = JSONSamples(seed: seed)
        for _ in 0..<20 {
            let document = JSONValue.array([samples.value()]).bytes()
            for end in 0..<document.count {
                #expect(throws: JSONViolation.self) { try JSONValue.parse(document[..<end]) }
            }
        }
    }

    @Test("The order of members stays")
    func order() throws {
        let text = #"{"b":1,"a":[true,false,null],"ab":{"z":-0.5,"y":"é"}}"#
        #expect(String(decoding: try JSONValue.parse(Array(text.utf8)).bytes(), as: UTF8.self) == text)
    }

    @Test(
        "Escapes are read",
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
            (#""\ud83d\ude00\uDBFF\uDFFF""#, "😀\u{10FFFF}"), (#""\uFFFF\ufeff""#, "\u{FFFF}\u{FEFF}"),
            ("\"\u{7F}\"", "\u{7F}"),
        ])
    func escapes(text: String, expected: String) throws {
        let found = try #require(try JSONValue.parse(Array(text.utf8)).stringValue)
        #expect(Array(found.utf8) == Array(expected.utf8))
    }

    @Test("Control characters are written as short escapes, then as \\u00xx")
    func controls() {
        let text = String(String.UnicodeScalarView((1..<0x21).compactMap { Unicode.Scalar($0) })) + "\"\\/\u{7F}"
        let expected =
            #""\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014"#
            + #"\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f \"\\/"# + "\u{7F}\""
        #expect(String(decoding: JSONValue.string(text).bytes(), as: UTF8.self) == expected)
    }

    @Test(
        "Numbers: what fits 64 bits stays exact",
        arguments: [
            ("0", JSONValue.integer(0)), ("-0", .integer(0)), ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(9223372036854775808)),
            ("-9223372036854775809", .number(-9223372036854775808)), ("1.0", .number(1)), ("1e2", .number(100)),
            ("1E+2", .number(100)), ("25e-1", .number(2.5)), ("1e-999", .number(0)), ("-0.0", .number(0)),
            ("123456789012345678901234567890", .number(1.2345678901234568e29)),
        ])
    func numbers(text: String, expected: JSONValue) throws {
        #expect(try JSONValue.parse(Array(text.utf8)) == expected)
    }

    @Test("Infinite and undefined numbers become null, because JSON has none")
    func notFinite() {
        #expect(
            JSONValue.array([.number(.infinity), .number(-.infinity), .number(.nan)]).bytes()
                == Array("[null,null,null]".utf8))
    }

    @Test("Members are found, set, replaced in place and left out")
    func members() {
        let value: JSONValue = ["a": 1, "b": nil, "c": [true, "x"]]
        #expect(value["a"]?.integerValue == 1)
        #expect(value["b"]?.isNull == true)
        #expect(value["c"]?.arrayValue?.first?.boolValue == true)
        #expect(value["d"] == nil && JSONValue.null["a"] == nil && JSONValue.null.members == nil)
        #expect(value.setting("a", to: "z") == ["a": "z", "b": nil, "c": [true, "x"]])
        #expect(value.setting("b", to: nil) == ["a": 1, "c": [true, "x"]])
        #expect(value.setting("d", to: 4).members?.last?.name == "d")
        #expect(value.setting("d", to: nil) == value)
        #expect(JSONValue.compactObject([("a", nil), ("b", .null)]) == ["b": nil])
        #expect(JSONValue.strings(["p", "q"]) == ["p", "q"])
    }
}
