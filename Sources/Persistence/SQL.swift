/// A statement with its values, made by string interpolation that can only bind.
///
///     let found = try connection.first("SELECT id FROM projects WHERE ecosystem = \(id) AND key = \(key)")
///
/// The literal type is `StaticString`, so that not even `SQL(stringLiteral:)` accepts text made at run time: every
/// character of a statement comes from this package's source. Statements are written once, in the dialect that SQLite
/// and PostgreSQL share (architecture, section 5), and never contain `?` or `$1` themselves.
///
/// Limits: 32,766 values a statement (SQLite's; PostgreSQL takes 65,535). PostgreSQL must be able to infer the type of
/// a NULL from its place, so `\(optional) IS NULL` is not portable.
package struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// Literals come from source code only.
    package typealias StringLiteralType = StaticString

    /// The literal text around the values: always one piece more than there are values.
    private(set) var pieces: [String]
    /// What the statement binds, in order.
    private(set) var values: [SQLValue]
    /// Whether the text is one of a small number of variants, so that its prepared form is worth keeping.
    private(set) var isReusable: Bool

    /// Takes a statement without values.
    package init(stringLiteral value: StaticString) {
        pieces = [value.description]
        values = []
        isReusable = true
    }

    /// Takes an interpolated statement.
    package init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    /// Joins two fragments and their values.
    package static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum.append(right)
        return sum
    }

    /// Appends a fragment and its values.
    package static func += (left: inout SQL, right: SQL) {
        left.append(right)
    }

    fileprivate mutating func append(literal: String) {
        pieces[pieces.count - 1] += literal
    }

    fileprivate mutating func append(value: SQLValue) {
        values.append(value)
        pieces.append("")
    }

    fileprivate mutating func append(_ other: SQL) {
        pieces[pieces.count - 1] += other.pieces[0]
        pieces.append(contentsOf: other.pieces.dropFirst())
        values.append(contentsOf: other.values)
        isReusable = isReusable && other.isReusable
    }

    /// Appends a list for `IN`.
    ///
    /// Long lists have too many variants for the caches of prepared statements.
    fileprivate mutating func append(list: [SQLValue]) {
        guard !list.isEmpty else { return append(literal: "(NULL)") }
        append(literal: "(")
        for (index, value) in list.enumerated() {
            if index > 0 { append(literal: ", ") }
            append(value: value)
        }
        append(literal: ")")
        if list.count > 8 { isReusable = false }
    }

    /// The text for one database, with its placeholders.
    /// - Throws: ``SQLFault/nullCharacter`` when a text value contains U+0000, which PostgreSQL cannot store.
    func text(for dialect: SQLDialect) throws(SQLFault) -> String {
        for case .text(let text) in values where text.utf8.contains(0) {
            throw .nullCharacter
        }
        var out = ""
        out.reserveCapacity(pieces.reduce(4 * values.count) { $0 + $1.utf8.count })
        out += pieces[0]
        for (index, piece) in pieces.dropFirst().enumerated() {
            switch dialect {
            case .sqlite: out += "?"
            case .postgres: out += "$\(index + 1)"
            }
            out += piece
        }
        return out
    }
}

extension SQL: CustomStringConvertible {
    /// The text with a question mark for every value, for people; values may be secrets and are not shown.
    package var description: String { pieces.joined(separator: "?") }
}

extension SQL {
    /// Collects the pieces of an interpolated statement.
    package struct StringInterpolation: StringInterpolationProtocol {
        /// Literals come from source code only.
        package typealias StringLiteralType = StaticString

        fileprivate var sql: SQL

        /// Starts an empty statement.
        package init(literalCapacity: Int, interpolationCount: Int) {
            sql = ""
        }

        /// Appends text of the statement.
        package mutating func appendLiteral(_ literal: StaticString) {
            sql.append(literal: literal.description)
        }

        /// Binds a value.
        package mutating func appendInterpolation(_ value: some SQLBindable) {
            sql.append(value: value.sqlValue)
        }

        /// Binds a value or NULL.
        package mutating func appendInterpolation(_ value: (some SQLBindable)?) {
            sql.append(value: value?.sqlValue ?? .null)
        }

        /// Binds the text of an id or of an enum.
        package mutating func appendInterpolation<T: RawRepresentable & Sendable>(_ value: T)
        where T.RawValue == String {
            sql.append(value: .text(value.rawValue))
        }

        /// Binds the text of an id or of an enum, or NULL.
        package mutating func appendInterpolation<T: RawRepresentable & Sendable>(_ value: T?)
        where T.RawValue == String {
            sql.append(value: value.map { .text($0.rawValue) } ?? .null)
        }

        /// Binds a value that was converted before.
        package mutating func appendInterpolation(_ value: SQLValue) {
            sql.append(value: value)
        }

        /// Binds a list in parentheses, for `IN`.
        ///
        /// No row matches an empty list: it becomes `(NULL)`. That holds for `NOT IN` too, where one would rather
        /// expect all rows, so leave the condition out when the list is empty.
        package mutating func appendInterpolation(values: [some SQLBindable]) {
            sql.append(list: values.map(\.sqlValue))
        }

        /// Binds a list of ids or enums in parentheses, for `IN`.
        package mutating func appendInterpolation<T: RawRepresentable & Sendable>(values: [T])
        where T.RawValue == String {
            sql.append(list: values.map { .text($0.rawValue) })
        }

        /// Embeds a fragment with its values.
        package mutating func appendInterpolation(sql fragment: SQL) {
            sql.append(fragment)
        }
    }
}
