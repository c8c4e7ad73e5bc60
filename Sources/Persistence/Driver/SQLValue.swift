package import RegistryModel

/// What a column holds.
///
/// There are no other types: times are microseconds, booleans are 0 and 1, and nothing is a float.
package enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}

/// A type that an ``SQL`` interpolation can bind.
package protocol SQLBindable: Sendable {
    /// What is stored.
    var sqlValue: SQLValue { get }
}

extension Int64: SQLBindable {
    package var sqlValue: SQLValue { .integer(self) }
}

extension Int: SQLBindable {
    package var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Bool: SQLBindable {
    package var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}

extension String: SQLBindable {
    package var sqlValue: SQLValue { .text(self) }
}

extension [UInt8]: SQLBindable {
    package var sqlValue: SQLValue { .blob(self) }
}

extension Timestamp: SQLBindable {
    package var sqlValue: SQLValue { .integer(microseconds) }
}

extension SHA256Digest: SQLBindable {
    package var sqlValue: SQLValue { .blob(bytes) }
}
