/// A number in a version: decimal digits of any length, compared by value.
///
/// PEP 440 sets no upper bound, and dates such as `20260102030405000000000001` do occur, so that a machine integer would
/// either trap or refuse. Kept without leading zeros; the empty text of digits is zero.
struct PEP440Number: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// ASCII digits without leading zeros; empty for zero.
    private let digits: [UInt8]

    /// Keeps the value of digits that the caller has checked to be ASCII digits.
    init(_ digits: some Collection<UInt8>) {
        self.digits = Array(digits.drop { $0 == UInt8(ascii: "0") })
    }

    /// The number that a missing one stands for.
    static let zero = PEP440Number([])

    var isZero: Bool { digits.isEmpty }

    var description: String { digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self) }

    static func < (left: PEP440Number, right: PEP440Number) -> Bool {
        left.digits.count == right.digits.count
            ? left.digits.lexicographicallyPrecedes(right.digits) : left.digits.count < right.digits.count
    }
}
