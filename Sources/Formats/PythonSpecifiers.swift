import Versioning

/// A set of version specifiers, such as `>=1.0, !=1.3.*`
/// ([specification](https://packaging.python.org/en/latest/specifications/version-specifiers/#version-specifiers)).
///
/// Equality is that of the sets: order, white space and the spelling of versions do not count.
package struct PythonSpecifiers: Hashable, Sendable {
    /// The clauses in their normalised spelling, sorted, each once.
    package let clauses: [String]

    /// Wraps clauses that are normalised and sorted already.
    init(clauses: [String]) {
        self.clauses = clauses
    }

    /// Reads clauses separated by commas, or returns nil where one of them follows no rule.
    ///
    /// An empty text is the empty set, and a comma at the end is ignored, as installers do.
    package init?(_ text: String) {
        guard text.utf8.count <= PythonRequirement.maximumLength else { return nil }
        var clauses: Set<String> = []
        var parts = text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
        if parts.last?.isEmpty == true { parts.removeLast() }
        for clause in parts {
            guard let normalized = Self.normalized(clause) else { return nil }
            clauses.insert(normalized)
        }
        self.clauses = clauses.sorted()
    }

    /// The clauses in one line; empty for the empty set.
    package var text: String { clauses.joined(separator: ",") }

    private static func normalized(_ clause: Substring) -> String? {
        guard let sign = ["===", "~=", "==", "!=", "<=", ">=", "<", ">"].first(where: { clause.hasPrefix($0) }) else {
            return nil
        }
        let version = String(clause.dropFirst(sign.count).trimmed)
        guard !version.contains(where: \.isWhitespace) else { return nil }
        if sign == "===" { return version.isEmpty ? nil : sign + version }
        if version.hasSuffix(".*") {
            guard sign == "==" || sign == "!=", let prefix = PEP440Version(String(version.dropLast(2))),
                !prefix.isLocal, !prefix.isDevelopment
            else { return nil }
            return sign + prefix.normalized + ".*"
        }
        guard let read = PEP440Version(version) else { return nil }
        guard !read.isLocal || sign == "==" || sign == "!=" else { return nil }
        guard sign != "~=" || read.releaseSegments >= 2 else { return nil }
        return sign + read.normalized
    }
}
