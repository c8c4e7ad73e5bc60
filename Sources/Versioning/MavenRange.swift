/// What a Maven dependency asks for: a range such as `[1.0,2.0)`, several of them, or one version that is only recommended.
///
/// Follows the [version requirement specification](https://maven.apache.org/pom.html#dependency-version-requirement-specification)
/// as `VersionRange` of maven-artifact 3.8.7 reads it: ranges stand in ascending order and do not overlap, a single version
/// in brackets is an exact one, bounds may be left out. Bounds are held to ``MavenVersion``, so an empty bracket and a third
/// bound, which that class lets through, are refused; spaces around the whole mean nothing.
package struct MavenRange: Hashable, Sendable {
    /// How many bytes a range may have.
    package static let maximumLength = 4096

    /// One pair of brackets.
    private struct Interval: Hashable {
        let lower: MavenVersion?
        let includesLower: Bool
        let upper: MavenVersion?
        let includesUpper: Bool

        func contains(_ version: MavenVersion) -> Bool {
            if let lower {
                let order = MavenVersion.compare(version, lower)
                guard order > 0 || (order == 0 && includesLower) else { return false }
            }
            guard let upper else { return true }
            let order = MavenVersion.compare(version, upper)
            return order < 0 || (order == 0 && includesUpper)
        }
    }

    /// Empty where every version will do.
    private let intervals: [Interval]

    /// The version that is taken unless something else decides; nil for a range.
    package let recommended: String?

    /// Reads a requirement, or returns nil where the text is none.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        var rest = Self.trimmed(text[...])
        guard rest.hasPrefix("[") || rest.hasPrefix("(") else {
            guard MavenVersion(String(rest)) != nil else { return nil }
            recommended = String(rest)
            intervals = []
            return
        }
        var intervals: [Interval] = []
        while rest.hasPrefix("[") || rest.hasPrefix("(") {
            guard let end = rest.firstIndex(where: { $0 == "]" || $0 == ")" }),
                let interval = Self.interval(rest[...end])
            else { return nil }
            if let last = intervals.last {
                // After a range without an upper bound nothing is held against the next one, as in Maven.
                if let upper = last.upper {
                    guard let lower = interval.lower, MavenVersion.compare(lower, upper) >= 0 else { return nil }
                }
            }
            intervals.append(interval)
            rest = Self.trimmed(rest[rest.index(after: end)...])
            if rest.hasPrefix(",") { rest = Self.trimmed(rest.dropFirst()) }
        }
        guard rest.isEmpty else { return nil }
        self.intervals = intervals
        recommended = nil
    }

    /// Whether the range holds a version; a recommendation holds every one.
    package func contains(_ version: MavenVersion) -> Bool {
        intervals.isEmpty || intervals.contains { $0.contains(version) }
    }

    /// Reads one pair of brackets with what is between them.
    private static func interval(_ text: Substring) -> Interval? {
        let (includesLower, includesUpper) = (text.hasPrefix("["), text.hasSuffix("]"))
        let inner = trimmed(text.dropFirst().dropLast())
        guard let comma = inner.firstIndex(of: ",") else {
            guard includesLower, includesUpper, let version = MavenVersion(String(inner)) else { return nil }
            return Interval(lower: version, includesLower: true, upper: version, includesUpper: true)
        }
        let bounds = [inner[..<comma], inner[inner.index(after: comma)...]].map { String(trimmed($0)) }
        let versions = bounds.map { MavenVersion($0) }
        guard zip(bounds, versions).allSatisfy({ $0.isEmpty || $1 != nil }) else { return nil }
        if let lower = versions[0], let upper = versions[1] {
            let order = MavenVersion.compare(lower, upper)
            guard order < 0 || (order == 0 && includesLower && includesUpper) else { return nil }
        }
        return Interval(
            lower: versions[0], includesLower: includesLower, upper: versions[1], includesUpper: includesUpper)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var rest = text
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return rest
    }
}
