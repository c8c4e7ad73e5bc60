/// The text id of an ecosystem (`pypi`, `cargo`, `npm`, …).
///
/// It is an open set: no table and no type below the adapters knows which ids exist, so an ecosystem is added without a
/// migration.
package struct EcosystemID: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    /// Lower-case ASCII letters and digits.
    package let rawValue: String

    /// Wraps an id without checking it; adapters own their constants.
    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }

    /// Whether it has the form of an id; one that comes from outside and has not names no ecosystem.
    package var isWellFormed: Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return !rawValue.isEmpty && rawValue.utf8.allSatisfy { letters.contains($0) || digits.contains($0) }
    }
}
