/// The built-in types that are read and written, by their fixed object ids, and their binary formats.
enum PostgresType {
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let name: UInt32 = 19
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let oid: UInt32 = 26
    static let unknown: UInt32 = 705
    static let bpchar: UInt32 = 1042
    static let varchar: UInt32 = 1043
    static let numeric: UInt32 = 1700
    static let void: UInt32 = 2278

    /// Reads a value that is not NULL.
    /// - Throws: ``SQLFault/column(_:)`` for a type that SQLite does not share, such as a float or a time.
    static func decode(_ bytes: UnsafeRawBufferPointer, type: UInt32, column: String) throws(SQLFault) -> SQLValue {
        switch type {
        case int8, int4, int2: return .integer(signed(bytes))
        case oid, bool: return .integer(Int64(unsigned(bytes)))
        case text, varchar, bpchar, name, unknown: return .text(String(decoding: bytes, as: UTF8.self))
        case bytea: return .blob([UInt8](bytes))
        case void: return .null
        case numeric:
            // The type of SUM over bigint.
            guard let number = integer(ofNumeric: bytes) else { throw .column("\(column): not a 64-bit integer") }
            return .integer(number)
        default: throw .column("\(column): type \(type) is not supported")
        }
    }

    /// Big-endian, of one to eight bytes.
    private static func unsigned(_ bytes: some Collection<UInt8>) -> UInt64 {
        bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func signed(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        guard (1...8).contains(bytes.count) else { return 0 }
        let unused = 64 - 8 * bytes.count
        return Int64(bitPattern: unsigned(bytes) << UInt64(unused)) >> Int64(unused)
    }

    /// Four 16-bit numbers (digit count, weight of the first digit, sign, scale), then digits in base 10,000.
    private static func integer(ofNumeric bytes: UnsafeRawBufferPointer) -> Int64? {
        guard bytes.count >= 8, bytes.count.isMultiple(of: 2) else { return nil }
        let words = stride(from: 0, to: bytes.count, by: 2).map { Int64(bytes[$0]) << 8 | Int64(bytes[$0 + 1]) }
        let weight = words[1] >= 0x8000 ? words[1] - 0x10000 : words[1]
        let isNegative = words[2] == 0x4000
        guard isNegative || words[2] == 0, weight <= 4 else { return nil }
        let digits = Array(words.dropFirst(4))
        guard digits.count <= max(0, weight + 1) || digits.dropFirst(Int(max(0, weight + 1))).allSatisfy({ $0 == 0 })
        else { return nil }
        var total: Int64 = 0
        for place in 0..<Int(max(0, weight + 1)) {
            let digit = place < digits.count ? digits[place] : 0
            let (scaled, overflow) = total.multipliedReportingOverflow(by: 10_000)
            let (sum, carry) = scaled.addingReportingOverflow(isNegative ? -digit : digit)
            guard !overflow, !carry else { return nil }
            total = sum
        }
        return total
    }
}
