/// Why a text is not acceptable TOML.
package enum TOMLViolation: Error, Hashable, Sendable {
    /// Not TOML, on that line.
    case syntax(line: Int)
    /// A key or table is defined twice.
    case duplicateKey(String, line: Int)
    /// More levels than allowed.
    case tooDeep(line: Int)
    /// More bytes than allowed.
    case tooLarge(limit: Int)
    case notUTF8
    /// A string or key holds U+0000, which no store accepts.
    case nullCharacter(line: Int)
}
