import HallmarkTesting
import RegistryModel
import Testing

@Suite("Canonical JSON")
struct JSONCanonicalTests {
    @Test("The example of RFC 8785 for the order of names")
    func order() throws {
        let text = #"""
            {
              "\u20ac": "Euro Sign",
              "\r": "Carriage Return",
              "\ufb33": "Hebrew Letter Dalet With Dagesh",
              "1": "One",
              "\ud83d\ude00": "Emoji: Grinning Face",
              "\u0080": "Control",
              "\u00f6": "Latin Small Letter O With Diaeresis"
            }
            """#
        let canonical = try JSONValue.parse(JSONValue.parse(Array(text.utf8)).canonicalBytes())
        #expect(
            canonical.members?.map(\.value.stringValue) == [
                "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
                "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
            ])
    }

    @Test("The example of RFC 8785 for values")
    func values() throws {
        let text = #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#
        let expected =
            #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
            + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        #expect(String(decoding: try JSONValue.parse(Array(text.utf8)).canonicalBytes(), as: UTF8.self) == expected)
    }

    @Test("Names at every level are in the order of their UTF-16 code units", arguments: 0..<4)
    func everyLevel(seed: UInt64) throws {
        var samples = JSONSamples(seed: 500 + seed)
        for _ in 0..<200 {
            let value = samples.value()
            let canonical = try JSONValue.parse(value.canonicalBytes())
            Self.expectOrder(canonical)
            #expect(Self.sorted(value) == canonical)
        }
    }

    @Test("The order does not depend on the order of the input", arguments: 0..<4)
    func permutation(seed: UInt64) {
        var samples = JSONSamples(seed: 700 + seed)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            guard case .object(let members) = samples.value() else { continue }
            let shuffled = JSONValue.object(members.shuffled(using: &generator))
            #expect(shuffled.canonicalBytes() == JSONValue.object(members).canonicalBytes())
        }
    }

    private static func expectOrder(_ value: JSONValue) {
        switch value {
        case .array(let elements): elements.forEach(expectOrder)
        case .object(let members):
            for (left, right) in zip(members, members.dropFirst()) { #expect(precedes(left.name, right.name)) }
            members.forEach { expectOrder($0.value) }
        default: break
        }
    }

    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map(sorted))
        case .object(let members):
            .object(
                members.map { JSONValue.Member($0.name, sorted($0.value)) }.sorted { precedes($0.name, $1.name) })
        default: value
        }
    }

    /// Compares the big-endian bytes of the UTF-16 forms, which is the order of their code units.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        func bytes(_ text: String) -> [UInt8] { text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } }
        return bytes(left).lexicographicallyPrecedes(bytes(right))
    }
}
