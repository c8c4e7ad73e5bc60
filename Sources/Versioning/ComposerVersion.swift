/// A version of a PHP package in the form into which Composer brings it.
///
/// Follows `VersionParser::normalize` of [composer/semver](https://github.com/composer/semver) 3.3.2, which Debian 12 has:
/// `v1.2` is `1.2.0.0`, `1.0-RC1` is `1.0.0.0-RC1`, `1.x-dev` is `1.9999999.9999999.9999999-dev`, a branch is `dev-NAME`.
/// Stability flags (`@beta`), inline aliases (`… as …`) and build metadata are dropped, as they are there. Narrower: at
/// most ``maximumLength`` bytes, and no control characters.
package struct ComposerVersion: Hashable, Sendable {
    /// How far a version is from a release, in ascending order.
    package enum Stability: String, CaseIterable, Sendable {
        case dev, alpha, beta
        case candidate = "RC"
        case stable
    }

    /// How many bytes a version may have.
    package static let maximumLength = 256

    /// Composer's own normal form, its `version_normalized`.
    package let normalized: String

    /// Reads a version, or returns nil where Composer finds none.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength, let normalized = Self.normalize(Array(text.utf8)) else {
            return nil
        }
        self.normalized = normalized
    }

    /// Whether it is a branch by name, which no range contains.
    package var isBranch: Bool { normalized.hasPrefix("dev-") }

    /// How stable it is; packages below a project's `minimum-stability` are left out.
    package var stability: Stability { Self.stability(of: Array(normalized.utf8)) }

    /// One text for all versions that compare as equal.
    ///
    /// It is the normal form, in which Composer keeps leading zeros (`1.01`) and the separators inside a modifier's number
    /// (`beta1-2`) although they make no difference; here they are gone.
    package var canonical: String {
        guard !isBranch else { return normalized }
        var out: [UInt8] = []
        let bytes = Array(normalized.utf8)
        for (index, byte) in bytes.enumerated() {
            let previous = index > 0 ? bytes[index - 1] : 0
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            let isInNumber = out.last.map(ComposerText.isDigit) ?? false
            if byte == UInt8(ascii: "0"), !isInNumber, ComposerText.isDigit(next) { continue }
            let joins = byte == UInt8(ascii: "-") && ComposerText.isDigit(previous) && ComposerText.isDigit(next)
            out.append(joins ? UInt8(ascii: ".") : byte)
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Negative, zero or positive as `left` comes before, beside or after `right`.
    ///
    /// Numbers are ordered as PHP's `version_compare` does. Branches come before all of them, in the order of their names,
    /// except for `dev-master`, `dev-trunk` and `dev-default`, which `Semver::sort` takes for `9999999-dev`.
    package static func compare(_ left: ComposerVersion, _ right: ComposerVersion) -> Int {
        let (one, other) = (left.sortable, right.sortable)
        if one.isBranch, other.isBranch { return SemVer.byteOrder(one.text, other.text) }
        let order = PHPVersionOrder.compare(one.text, other.text)
        return order != 0 ? order : SemVer.byteOrder(left.canonical, right.canonical)
    }

    private var sortable: (text: String, isBranch: Bool) {
        let isDefault = ["dev-master", "dev-trunk", "dev-default"].contains(normalized)
        return isDefault ? ("9999999-dev", false) : (normalized, isBranch)
    }
}

extension ComposerVersion {
    /// The normal form, or nil where there is none.
    static func normalize(_ text: [UInt8]) -> String? {
        guard text.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        var rest = ComposerText.withoutAlias(ComposerText.trimmed(text[...]))
        if let (start, _) = ComposerText.stabilityFlag(rest) { rest = rest[..<start] }
        if ["master", "trunk", "default"].contains(where: { rest.elementsEqual($0.utf8) }) {
            return "dev-" + String(decoding: rest, as: UTF8.self)
        }
        if ComposerText.hasPrefix(rest, "dev-") { return "dev-" + String(decoding: rest.dropFirst(4), as: UTF8.self) }
        rest = withoutBuild(rest)
        return classical(rest) ?? date(rest) ?? developmentBranch(rest)
    }

    /// Strips `+…` where nothing but one word stands before and behind it.
    private static func withoutBuild(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let plus = text.firstIndex(of: UInt8(ascii: "+")), plus > text.startIndex, plus + 1 < text.endIndex,
            !text[..<plus].contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }),
            !text[plus...].contains(UInt8(ascii: " "))
        else { return text }
        return text[..<plus]
    }

    /// Up to four numbers, the first of at most five digits, and a modifier.
    private static func classical(_ text: ArraySlice<UInt8>) -> String? {
        guard let numbers = ComposerNumbers(text, from: text.startIndex), numbers.parts[0].utf8.count <= 5,
            let modifier = ComposerModifier.match(text, from: numbers.end, then: { $0 == text.endIndex })
        else { return nil }
        let parts = numbers.parts + [String](repeating: "0", count: 4 - numbers.parts.count)
        return modifier.appended(to: parts.joined(separator: "."))
    }

    /// A year and further numbers of two digits, as in `2026-01-31` and `20260131`, and a modifier.
    private static func date(_ text: ArraySlice<UInt8>) -> String? {
        var position = text.startIndex
        if position < text.endIndex, text[position] | 0x20 == UInt8(ascii: "v") { position += 1 }
        let begin = position
        guard ComposerText.digits(text, from: position) >= 4 else { return nil }
        position += 4
        var pairs = 0
        while pairs < 6, let end = separated(text, from: position, count: 2...2) {
            position = end
            pairs += 1
        }
        guard pairs > 0 else { return nil }
        position = separated(text, from: position, count: 1...3) ?? position
        guard let modifier = ComposerModifier.match(text, from: position, then: { $0 == text.endIndex }) else {
            return nil
        }
        let bytes = text[begin..<position].map { ComposerText.isDigit($0) ? $0 : UInt8(ascii: ".") }
        return modifier.appended(to: String(decoding: bytes, as: UTF8.self))
    }

    /// The end of a separator, which may be missing, and as many digits as are there and allowed.
    private static func separated(_ text: ArraySlice<UInt8>, from start: Int, count: ClosedRange<Int>) -> Int? {
        var position = start
        if position < text.endIndex, ".:-".utf8.contains(text[position]) { position += 1 }
        let digits = ComposerText.digits(text, from: position)
        return digits >= count.lowerBound ? position + min(digits, count.upperBound) : nil
    }

    /// A numeric branch: `1.x-dev`.
    private static func developmentBranch(_ text: ArraySlice<UInt8>) -> String? {
        guard ComposerText.hasSuffix(text, "dev") else { return nil }
        var name = text.dropLast(3)
        if let last = name.last, last == UInt8(ascii: ".") || last == UInt8(ascii: "-") { name = name.dropLast() }
        name = ComposerText.trimmed(name)
        if let first = name.first, first | 0x20 == UInt8(ascii: "v") { name = name.dropFirst() }
        let parts = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...4).contains(parts.count), let first = parts.first, ComposerText.isNumber(first),
            parts.dropFirst().allSatisfy({ ComposerText.isNumber($0) || ComposerText.isWildcard($0) })
        else { return nil }
        var texts = parts.map { ComposerText.isNumber($0) ? String(decoding: $0, as: UTF8.self) : "9999999" }
        texts += [String](repeating: "9999999", count: 4 - texts.count)
        return texts.joined(separator: ".") + "-dev"
    }

    /// The stability that a version states, in any spelling: what `VersionParser::parseStability` finds.
    static func stability(of text: [UInt8]) -> Stability {
        var rest = text[...]
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")), hash + 1 < rest.endIndex { rest = rest[..<hash] }
        if rest.starts(with: "dev-".utf8) || String(decoding: rest.suffix(4), as: UTF8.self) == "-dev" { return .dev }
        for start in rest.startIndex...rest.endIndex {
            let modifier = ComposerModifier.match(rest, from: start) { end in
                end == rest.endIndex || rest[end] == UInt8(ascii: "+")
            }
            guard let modifier else { continue }
            if modifier.isDevelopment { return .dev }
            switch modifier.word {
            case "alpha"?: return .alpha
            case "beta"?: return .beta
            case "RC"?: return .candidate
            default: return .stable
            }
        }
        return .stable
    }
}
