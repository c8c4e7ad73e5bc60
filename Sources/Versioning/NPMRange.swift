/// A range of versions as npm reads it, for example `^1.2.0 || >=3 <4`.
///
/// Follows the grammar and the meaning of npm's [semver](https://github.com/npm/node-semver#ranges) in its strict form,
/// without `includePrerelease`: a pre-release matches only where a comparator names a pre-release of the very same
/// `major.minor.patch`. A range may have ``maximumLength`` bytes; numbers stay below 2^53, as they do there.
package struct NPMRange: Hashable, Sendable {
    /// How many bytes a range may have.
    package static let maximumLength = 4096

    private static let maximumNumber: UInt64 = (1 << 53) - 1

    private enum Relation: Hashable { case less, lessOrEqual, greater, greaterOrEqual, equal }

    private struct Comparator: Hashable {
        let relation: Relation
        let version: SemVer
    }

    /// Alternatives, each of which is a list of comparators that must all hold.
    ///
    /// An empty list holds for every version.
    private let alternatives: [[Comparator]]

    /// Parses a range, or returns nil where the text is none (a distribution tag, a URL, …).
    package init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        var alternatives: [[Comparator]] = []
        for part in Self.splitAlternatives(text) {
            guard let comparators = Self.comparators(part) else { return nil }
            alternatives.append(comparators)
        }
        self.alternatives = alternatives
    }

    /// Whether `version` is inside the range, whatever its build metadata.
    package func contains(_ version: SemVer) -> Bool {
        alternatives.contains { comparators in
            guard comparators.allSatisfy({ Self.holds($0, for: version) }) else { return false }
            return !version.isPrerelease
                || comparators.contains { comparator in
                    comparator.version.isPrerelease && comparator.version.major == version.major
                        && comparator.version.minor == version.minor && comparator.version.patch == version.patch
                }
        }
    }

    private static func holds(_ comparator: Comparator, for version: SemVer) -> Bool {
        let order = version.precedence(over: comparator.version)
        return switch comparator.relation {
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        case .equal: order == 0
        }
    }
}

extension NPMRange {
    /// A version of which parts may be missing or `x`.
    private struct Partial {
        /// Nil for a wildcard; then everything after it is one too.
        var major: UInt64?
        var minor: UInt64?
        var patch: UInt64?
        var prerelease: [SemVer.Identifier] = []
        /// What stood in front of the first number: any run of `v` and `=`.
        var prefix = ""

        var full: SemVer? {
            guard let major, let minor, let patch else { return nil }
            return SemVer(major, minor, patch, prerelease: prerelease)
        }
    }

    private static func splitAlternatives(_ text: String) -> [String] {
        var parts: [String] = [""]
        var previousIsBar = false
        for character in text.unicodeScalars {
            if character == "|", previousIsBar {
                parts[parts.count - 1].unicodeScalars.removeLast()
                parts.append("")
                previousIsBar = false
            } else {
                parts[parts.count - 1].unicodeScalars.append(character)
                previousIsBar = character == "|"
            }
        }
        return parts
    }

    private static func comparators(_ text: String) -> [Comparator]? {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        if words.count == 3, words[1] == "-", let from = partial(words[0]), let to = partial(words[2]) {
            return hyphen(from, to)
        }
        var comparators: [Comparator] = []
        var index = 0
        while index < words.count {
            var (sign, rest) = splitSign(words[index])
            index += 1
            // White space may stand between an operator and its version, and in `~ >`.
            if rest.isEmpty, !sign.isEmpty, index < words.count {
                let (nextSign, nextRest) = splitSign(words[index])
                guard nextSign.isEmpty || (sign == "~" && nextSign == ">" && !nextRest.isEmpty) else { return nil }
                rest = nextRest
                index += 1
            }
            if sign == "~>" { sign = "~" }
            guard let partial = partial(rest), let more = expand(sign, partial) else { return nil }
            comparators += more
        }
        return comparators
    }

    private static func splitSign(_ word: String) -> (sign: String, rest: String) {
        for sign in ["^", "~>", "~", "<=", ">=", "<", ">", "="] where word.hasPrefix(sign) {
            return (sign, String(word.dropFirst(sign.count)))
        }
        return ("", word)
    }

    private static func partial(_ text: String) -> Partial? {
        let bytes = text.utf8
        guard bytes.count <= SemVer.maximumLength else { return nil }
        let start = bytes.firstIndex { $0 != UInt8(ascii: "v") && $0 != UInt8(ascii: "=") } ?? bytes.endIndex
        let end = bytes[start...].firstIndex { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") } ?? bytes.endIndex
        var partial = Partial()
        partial.prefix = String(text[..<start])
        let parts = text[start..<end].split(separator: ".", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count), parts.count == 3 || end == bytes.endIndex else { return nil }
        var numbers: [UInt64?] = []
        for part in parts {
            if part == "x" || part == "X" || part == "*" {
                numbers.append(nil)
            } else {
                guard let number = number(part) else { return nil }
                numbers.append(number)
            }
        }
        partial.major = numbers[0]
        partial.minor = partial.major != nil && numbers.count > 1 ? numbers[1] : nil
        partial.patch = partial.minor != nil && numbers.count > 2 ? numbers[2] : nil
        if end != bytes.endIndex {
            guard let suffixed = SemVer("0.0.0" + text[end...]) else { return nil }
            partial.prerelease = suffixed.prerelease
        }
        return partial
    }

    private static func number(_ text: Substring) -> UInt64? {
        guard let first = text.utf8.first, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            first != 0x30 || text.utf8.count == 1, let number = UInt64(text), number <= maximumNumber
        else { return nil }
        return number
    }

    /// `1.2 - 3.4`: from the lowest version the left side may mean up to the highest the right side may mean.
    private static func hyphen(_ from: Partial, _ to: Partial) -> [Comparator]? {
        var comparators: [Comparator] = []
        if from.major != nil { comparators.append(Comparator(relation: .greaterOrEqual, version: floor(from))) }
        if let full = to.full {
            comparators.append(Comparator(relation: .lessOrEqual, version: full))
        } else if to.major != nil {
            guard let ceiling = ceiling(to) else { return nil }
            comparators.append(ceiling)
        }
        return comparators
    }

    private static func expand(_ sign: String, _ partial: Partial) -> [Comparator]? {
        switch sign {
        case "^", "~":
            guard partial.major != nil else { return [] }
            let isCaret = sign == "^"
            guard let ceiling = isCaret ? caretCeiling(partial) : ceiling(partial, tilde: true) else { return nil }
            return [Comparator(relation: .greaterOrEqual, version: floor(partial)), ceiling]
        case "", "=":
            guard let full = partial.full else {
                guard partial.major != nil else { return [] }
                guard let ceiling = ceiling(partial) else { return nil }
                return [Comparator(relation: .greaterOrEqual, version: floor(partial)), ceiling]
            }
            return exact(.equal, full, partial)
        default:
            return ordered(sign, partial)
        }
    }

    /// `<`, `<=`, `>` and `>=`, for which a wildcard stands for every version that fits it.
    private static func ordered(_ sign: String, _ partial: Partial) -> [Comparator]? {
        if let full = partial.full {
            let relation: Relation =
                switch sign {
                case "<": .less
                case "<=": .lessOrEqual
                case ">": .greater
                default: .greaterOrEqual
                }
            return exact(relation, full, partial)
        }
        guard partial.major != nil else {
            let nothing = SemVer(0, 0, 0, prerelease: [.numeric("0")])
            return sign == "<" || sign == ">" ? [Comparator(relation: .less, version: nothing)] : []
        }
        switch sign {
        case ">=": return [Comparator(relation: .greaterOrEqual, version: floor(partial))]
        case "<":
            let floor = floor(partial)
            return [Comparator(relation: .less, version: lowest(floor.major, floor.minor, floor.patch))]
        case "<=": return ceiling(partial).map { [$0] }
        default:
            guard let ceiling = ceiling(partial)?.version else { return nil }
            return [
                Comparator(
                    relation: .greaterOrEqual, version: SemVer(ceiling.major, ceiling.minor, ceiling.patch))
            ]
        }
    }

    /// A comparator with a complete version, in front of which only one `v` may stand.
    private static func exact(_ relation: Relation, _ version: SemVer, _ partial: Partial) -> [Comparator]? {
        guard partial.prefix.isEmpty || partial.prefix == "v" else { return nil }
        return [Comparator(relation: relation, version: version)]
    }

    /// The lowest version a partial one may mean; its pre-release counts only where it is complete.
    private static func floor(_ partial: Partial) -> SemVer {
        partial.full ?? SemVer(partial.major ?? 0, partial.minor ?? 0, 0)
    }

    private static func lowest(_ major: UInt64, _ minor: UInt64, _ patch: UInt64) -> SemVer {
        SemVer(major, minor, patch, prerelease: [.numeric("0")])
    }

    private static func below(_ major: UInt64, _ minor: UInt64, _ patch: UInt64) -> Comparator? {
        guard max(major, minor, patch) <= maximumNumber else { return nil }
        return Comparator(relation: .less, version: lowest(major, minor, patch))
    }

    /// Below everything a partial version may mean; with `tilde` a complete one may mean every patch of its minor.
    private static func ceiling(_ partial: Partial, tilde: Bool = false) -> Comparator? {
        guard let major = partial.major else { return nil }
        guard let minor = partial.minor else { return below(major + 1, 0, 0) }
        guard partial.patch == nil || tilde else { return nil }
        return below(major, minor + 1, 0)
    }

    /// Below the next version that changes the leftmost number that is not zero.
    private static func caretCeiling(_ partial: Partial) -> Comparator? {
        guard let major = partial.major else { return nil }
        guard major == 0, let minor = partial.minor else { return below(major + 1, 0, 0) }
        guard minor == 0, let patch = partial.patch else { return below(0, minor + 1, 0) }
        return below(0, 0, patch + 1)
    }
}
