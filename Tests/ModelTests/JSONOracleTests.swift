import HallmarkTesting
import RegistryModel
import Testing

/// Python's `json`, made to refuse a name that is given twice, against the registry's reader.
@Suite("JSON as Python reads it", .enabled(if: SystemPython.isAvailable, "needs python3"))
struct JSONOracleTests {
    /// Reads one document a line, in hexadecimal digits; prints its tree, why it is no JSON, or why it is refused here
    /// although it is JSON.
    private static let script = #"""
        import json, math, struct, sys, unicodedata

        class Refused(Exception): pass

        def members(pairs):
            names = [name for name, _ in pairs]
            if len(set(names)) != len(names): raise Refused('duplicate')
            if len({unicodedata.normalize('NFD', name) for name in names}) != len(names): raise Refused('duplicate')
            return dict(pairs)

        def integer(text):
            value = int(text) if len(text) < 40 else 1 << 64
            return value if -(1 << 63) <= value < 1 << 63 else float(text)

        def constant(text):
            raise ValueError(text)

        def string(text):
            if any(0xD800 <= ord(c) < 0xE000 for c in text): raise Refused('surrogate')
            if '\0' in text: raise Refused('null')
            return 's' + text.encode().hex()

        def tree(value, depth):
            if value is None: return 'n'
            if value is True: return 't'
            if value is False: return 'f'
            if isinstance(value, int): return 'i%d' % value
            if isinstance(value, float):
                if math.isinf(value): raise Refused('infinite')
                return 'd' + struct.pack('>d', value).hex()
            if isinstance(value, str): return string(value)
            if depth == 64: raise Refused('deep')
            if isinstance(value, list): return '[' + ','.join(tree(v, depth + 1) for v in value) + ']'
            return '{' + ','.join(string(k) + ':' + tree(v, depth + 1) for k, v in value.items()) + '}'

        sys.setrecursionlimit(10000)
        for line in sys.stdin:
            try:
                text = bytes.fromhex(line.strip()).decode('utf-8')
                value = json.loads(text.removeprefix('\ufeff'), object_pairs_hook=members, parse_int=integer,
                                   parse_constant=constant)
                print('ok ' + tree(value, 0))
            except Refused as reason:
                print('refused')
            except ValueError as error:
                print('invalid')
        """#

    @Test("Both accept and see the same, or both refuse", arguments: 0..<4)
    func differential(seed: UInt64) async throws {
        var samples = JSONSamples(seed: 1000 + seed)
        var documents: [[UInt8]] = []
        for index in 0..<1500 {
            let document = samples.loosely(samples.value())
            documents.append(index.isMultiple(of: 10) ? document : samples.damaged(document))
        }
        let verdicts = try await SystemPython.lines(of: Self.script, reading: documents.map(Hex.encode))
        try #require(verdicts.count == documents.count)
        var accepted = 0
        for (document, verdict) in zip(documents, verdicts) {
            let own = (try? JSONValue.parse(document)).map { "ok " + Self.tree($0) }
            accepted += own == nil ? 0 : 1
            let expected = verdict.hasPrefix("ok ") ? verdict : nil
            #expect(own == expected, "\(Hex.encode(document)): \(verdict)")
        }
        #expect((300...1300).contains(accepted), "the samples must hold both kinds, not \(accepted) of 1500")
    }

    private static func tree(_ value: JSONValue) -> String {
        switch value {
        case .null: "n"
        case .bool(let value): value ? "t" : "f"
        case .integer(let value): "i\(value)"
        case .number(let value):
            "d" + Hex.encode((0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(56 - 8 * $0)) })
        case .string(let text): "s" + Hex.encode(text.utf8)
        case .array(let elements): "[" + elements.map(tree).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "s\(Hex.encode($0.name.utf8)):\(tree($0.value))" }.joined(separator: ",") + "}"
        }
    }
}
