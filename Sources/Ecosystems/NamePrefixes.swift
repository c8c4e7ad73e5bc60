/// Names that are reserved with everything that begins with them: `lamp` with `lamp-base` and `lamp-base-linux`.
///
/// As [PEP 752](https://peps.python.org/pep-0752/) describes it for Python; crates are treated alike.
enum NamePrefixes {
    /// All prefixes of a name that end where a separator does, nearest first, the name itself included.
    static func keys(of nameKey: String, separator: Character) -> [String] {
        var keys: [String] = []
        var rest = Substring(nameKey)
        while !rest.isEmpty {
            if rest.last != separator { keys.append(String(rest)) }
            guard let end = rest.lastIndex(of: separator) else { break }
            rest = rest[..<end]
        }
        return keys
    }
}
