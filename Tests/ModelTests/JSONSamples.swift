import HallmarkTesting
import RegistryModel

/// Random JSON values and texts, the same in every run.
struct JSONSamples {
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// A value of at most that many levels; every finite number, every text without U+0000, no name twice.
    mutating func value(depth: Int = 4) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .integer(integer())
        case 3: return .number(number())
        case 4: return .string(text())
        case 5, 6: return .array((0..<count()).map { _ in value(depth: depth - 1) })
        default:
            let names = Set((0..<count()).map { _ in text() })
            return .object(
                names.sorted().map { JSONValue.Member($0, value(depth: depth - 1)) }.shuffled(using: &generator))
        }
    }

    /// A text that escapes must be made for, or that lies at a border of UTF-8 or UTF-16.
    mutating func text() -> String {
        let borders: [UInt32] = [
            0x01, 0x08, 0x09, 0x0A, 0x0C, 0x0D, 0x1F, 0x20, 0x22, 0x2F, 0x5C, 0x7F, 0x80, 0xFF, 0x301, 0x7FF, 0x800,
            0x2028, 0xD7FF, 0xE000, 0xFEFF, 0xFFFD, 0xFFFF, 0x1_0000, 0x1_F600, 0x10_FFFF,
        ]
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...6, using: &generator) {
            let drawn: UInt32 =
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: UInt32.random(in: 0x61...0x7A, using: &generator)
                case 1: borders[Int.random(in: 0..<borders.count, using: &generator)]
                default: UInt32.random(in: 1...0x10_FFFF, using: &generator)
                }
            if let scalar = Unicode.Scalar(drawn) { scalars.append(scalar) }
        }
        return String(scalars)
    }

    /// A text of the value as some other writer would have written it: with space, and with escapes where none are needed.
    mutating func loosely(_ value: JSONValue) -> [UInt8] {
        var out: [UInt8] = []
        write(value, into: &out)
        return out
    }

    /// The document after one to four small accidents.
    mutating func damaged(_ document: [UInt8]) -> [UInt8] {
        var bytes = document
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1 where place < bytes.count: bytes.remove(at: place)
            case 2: bytes.insert(Self.signs[Int.random(in: 0..<Self.signs.count, using: &generator)], at: place)
            case 3:
                let piece = Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &generator)]
                bytes.insert(contentsOf: piece, at: place)
            case 4 where !bytes.isEmpty:
                let end = Int.random(in: place...bytes.count, using: &generator)
                bytes.insert(contentsOf: bytes[place..<min(end, place + 40)], at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...3, using: &generator)))
            }
        }
        return bytes
    }

    private static let signs = Array(#"{}[]",:\/-+.0123456789eEtrufalsn "#.utf8) + [0x00, 0x0A, 0x0C, 0x7F, 0x80, 0xFF]

    /// Pieces on which readers of JSON are known to differ.
    private static let pieces: [[UInt8]] =
        [
            #""\ud800""#, #""\udc00""#, #"\ud83d\ude00"#, #""\u0000""#, #"\u00e9"#, "é", "e\u{301}", "1e999", "-1e999",
            "1e-999", "01", "-", "-0", "+1", ".5", "1.", "1.0", "NaN", "Infinity", "-Infinity", "9223372036854775807",
            "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "0x1", "1_0", #""a":1,"#,
            #"{"a":1,"a":2}"#, #"{"é":1,"e\u0301":2}"#, "//", "/* */", "true", "True", "nul", "undefined", "'a'", ",",
            "[[[[[[[[", "\u{FEFF}", "\u{A0}", "\u{2028}", #"\x41"#, #"\a"#, "\t", "\r\n", "[1,]", #"{"a":1,}"#, "{,}",
        ].map { Array($0.utf8) } + [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]]
        + [Array(repeating: UInt8(ascii: "["), count: 70) + Array(repeating: UInt8(ascii: "]"), count: 70)]

    private mutating func count() -> Int { Int.random(in: 0...4, using: &generator) }

    private mutating func integer() -> Int64 {
        let borders: [Int64] = [0, -1, 1, .max, .min, 1 << 53, (1 << 53) + 1, -(1 << 53) - 1]
        return Bool.random(using: &generator)
            ? borders[Int.random(in: 0..<borders.count, using: &generator)]
            : Int64.random(in: .min ... .max, using: &generator)
    }

    private mutating func number() -> Double {
        let borders: [Double] = [
            0, -0.0, 1, 0.1, 1e15, 1e16, 1e21, 1e22, .leastNonzeroMagnitude, .leastNormalMagnitude,
            .greatestFiniteMagnitude, 1e-7,
            123456.75,
        ]
        if Bool.random(using: &generator) { return borders[Int.random(in: 0..<borders.count, using: &generator)] }
        let drawn = Double(bitPattern: UInt64.random(in: .min ... .max, using: &generator))
        return drawn.isFinite ? drawn : 0.5
    }

    private mutating func space(into out: inout [UInt8]) {
        for _ in 0..<Int.random(in: 0...2, using: &generator) {
            out.append([0x20, 0x09, 0x0A, 0x0D][Int.random(in: 0..<4, using: &generator)])
        }
    }

    private mutating func write(_ value: JSONValue, into out: inout [UInt8]) {
        space(into: &out)
        switch value {
        case .string(let text): write(text, into: &out)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                write(element, into: &out)
            }
            space(into: &out)
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                space(into: &out)
                write(member.name, into: &out)
                space(into: &out)
                out.append(UInt8(ascii: ":"))
                write(member.value, into: &out)
            }
            space(into: &out)
            out.append(UInt8(ascii: "}"))
        default: out += value.bytes()
        }
        space(into: &out)
    }

    private mutating func write(_ text: String, into out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            guard mustEscape || Int.random(in: 0..<4, using: &generator) == 0 else {
                out += Array(String(scalar).utf8)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16, uppercase: Bool.random(using: &generator))
                out += Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
