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
}
