/// Paths inside a package, cleaned as npm cleans those of `bin`.
enum NPMPath {
    /// The path relative to the package's root with `/` between its parts, or nil where nothing is left.
    ///
    /// Backslashes and colons count as separators; `.` and empty parts are dropped; `..` never leads above the root.
    static func clean(_ text: String) -> String? {
        var parts: [Substring] = []
        for part in text.split(whereSeparator: { $0 == "/" || $0 == "\\" || $0 == ":" }) where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "/")
    }

    /// The last part of a cleaned path.
    static func base(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }
}
