/// Reads an input as a row of decisions, so that changed bytes become changed structures.
struct Decisions {
    private var rest: ArraySlice<UInt8>

    init(_ input: [UInt8]) {
        rest = input[...]
    }

    var isEmpty: Bool { rest.isEmpty }

    /// The next byte; 0 at the end.
    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// A number below `limit`.
    mutating func number(below limit: Int) -> Int { limit < 2 ? 0 : Int(byte()) % limit }

    /// True for one byte value in `count`, and never at the end.
    mutating func rarely(_ count: Int) -> Bool { !rest.isEmpty && Int(byte()) % count == 1 }

    /// The next bytes up to a zero byte, at most `limit`.
    mutating func text(upTo limit: Int = 255) -> [UInt8] {
        let text = Array(rest.prefix(limit).prefix { $0 != 0 })
        rest = rest.dropFirst(text.count + 1)
        return text
    }

    /// A number of which small, large and limiting values are equally likely.
    mutating func oddNumber() -> UInt64 {
        switch number(below: 8) {
        case 0: UInt64(byte())
        case 1: .max
        case 2: 0x7FFF_FFFF_FFFF_FFFF
        case 3: 0xFFFF_FFFF
        case 4: 0xFFFF
        case 5: UInt64(byte()) << 8 | UInt64(byte())
        case 6: 0x8000_0000
        default: 0
        }
    }

    /// Everything that is left.
    mutating func remainder() -> [UInt8] {
        defer { rest = [] }
        return Array(rest)
    }
}
