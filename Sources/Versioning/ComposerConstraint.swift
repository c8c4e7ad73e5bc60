/// What a PHP package asks of another.
///
/// For example `^1.2`, `~1.2.3`, `1.*`, `1.0 - 2.0` or `>=1 <2 || dev-main`. Follows `VersionParser::parseConstraints` and `Semver::satisfies` of
/// [composer/semver](https://github.com/composer/semver) 3.3.2. Narrower: at most ``maximumLength`` bytes, no control
/// characters, and no number of more than 15 digits where one has to be added to it.
package struct ComposerConstraint: Hashable, Sendable {
    /// How many bytes a constraint may have.
    package static let maximumLength = 4096

    /// How a version is held against another.
    enum Relation: String, Hashable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    /// One comparison.
    enum Comparator: Hashable {
        case everything
        /// With a version in normal form, or what a stability flag makes of one.
        case relation(Relation, String)
    }

    /// Alternatives, each of which is a list of comparisons that must all hold.
    private let alternatives: [[Comparator]]

    /// Parses a constraint, or returns nil where Composer would refuse it.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            return nil
        }
        var alternatives: [[Comparator]] = []
        for part in Self.alternatives(ComposerText.trimmed(Array(text.utf8)[...])) {
            var comparators: [Comparator] = []
            for piece in Self.conjunction(part) {
                guard let more = ComposerConstraintParser.parse(piece) else { return nil }
                comparators += more
            }
            alternatives.append(comparators)
        }
        self.alternatives = Self.merged(alternatives)
    }

    /// Whether `version` is among those that are asked for, whatever its stability.
    package func contains(_ version: ComposerVersion) -> Bool {
        alternatives.contains { $0.allSatisfy { Self.holds($0, for: version) } }
    }

    private static func holds(_ comparator: Comparator, for version: ComposerVersion) -> Bool {
        guard case .relation(let relation, let text) = comparator else { return true }
        let isBranch = text.hasPrefix("dev-")
        if version.isBranch || isBranch {
            switch relation {
            case .equal: return version.normalized.utf8.elementsEqual(text.utf8)
            case .notEqual: return !version.normalized.utf8.elementsEqual(text.utf8)
            default: return false
            }
        }
        let order = PHPVersionOrder.compare(version.normalized, text)
        return switch relation {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }
}

extension ComposerConstraint {
    /// Splits at `|` and `||` with the spaces around them.
    private static func alternatives(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        let bar = UInt8(ascii: "|")
        var parts: [ArraySlice<UInt8>] = []
        var begin = text.startIndex
        var position = text.startIndex
        while position < text.endIndex {
            guard text[position] == bar else {
                position += 1
                continue
            }
            var part = text[begin..<position]
            while part.last == UInt8(ascii: " ") { part.removeLast() }
            parts.append(part)
            position += position + 1 < text.endIndex && text[position + 1] == bar ? 2 : 1
            while position < text.endIndex, text[position] == UInt8(ascii: " ") { position += 1 }
            begin = position
        }
        return parts + [text[begin...]]
    }

    /// Splits at commas and spaces, but not behind an operator, around `as`, or around the hyphen of a range.
    static func conjunction(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var begin = text.startIndex
        var position = text.startIndex
        while position < text.endIndex {
            if let end = separator(text, from: position) {
                parts.append(text[begin..<position])
                begin = end
                position = end
            } else {
                position += 1
            }
        }
        return parts + [text[begin...]]
    }

    /// The end of the separator that begins at `start`, where there is one.
    ///
    /// Composer's expression gives spaces back one by one until the rest fits, which these loops do too.
    private static func separator(_ text: ArraySlice<UInt8>, from start: Int) -> Int? {
        let (space, comma, hyphen) = (UInt8(ascii: " "), UInt8(ascii: ","), UInt8(ascii: "-"))
        guard text[start] == space || text[start] == comma, start > text.startIndex,
            !"=>< ,".utf8.contains(text[start - 1]), !text[..<start].suffix(2).elementsEqual("as".utf8)
        else { return nil }
        let spaces = text[start...].prefix { $0 == space }.count
        for before in stride(from: spaces, through: 0, by: -1) {
            let mark = start + before
            guard mark < text.endIndex, text[mark] == space || text[mark] == comma, text[mark - 1] != hyphen,
                mark + 1 == text.endIndex || text[mark + 1] != hyphen
            else { continue }
            let more = text[(mark + 1)...].prefix { $0 == space }.count
            for after in stride(from: more, through: 0, by: -1) {
                let rest = text[(mark + 1 + after)...]
                if !rest.isEmpty, rest.first != comma, !rest.starts(with: "as".utf8) { return rest.startIndex }
            }
        }
        return nil
    }

    /// Joins ranges of which one begins where the other ends, as Composer does before it matches.
    private static func merged(_ alternatives: [[Comparator]]) -> [[Comparator]] {
        var out: [[Comparator]] = []
        for next in alternatives {
            if let last = out.last, last.count == 2, next.count == 2,
                case .relation(.greaterOrEqual, _) = last[0], case .relation(.less, let end) = last[1],
                case .relation(.greaterOrEqual, let begin) = next[0], end.utf8.elementsEqual(begin.utf8),
                case .relation(let relation, _) = next[1], relation == .less || relation == .lessOrEqual
            {
                out[out.count - 1] = [last[0], next[1]]
            } else {
                out.append(next)
            }
        }
        return out
    }
}
