/// A version in the form of [Semantic Versioning 2.0.0](https://semver.org/spec/v2.0.0.html), read strictly.
///
/// The grammar is the one of the specification's appendix: no `v` prefix, no missing component, no leading zero in a
/// number. Limits beyond it: ``maximumLength`` bytes, and each of the three components fits 64 bits unsigned, as in
/// cargo. Numbers inside a pre-release may be of any length and are still compared exactly.
///
/// `==` tells build metadata apart; ``precedence(over:)`` ignores it, as §10 demands, so the type is not `Comparable`.
package struct SemVer: Hashable, Sendable, CustomStringConvertible {
    /// One dot-separated part of a pre-release.
    package enum Identifier: Hashable, Sendable, CustomStringConvertible {
        /// Digits only, without a leading zero. Kept as text because its length has no bound of its own.
        case numeric(String)
        /// Letters, digits and hyphens with at least one that is no digit.
        case text(String)

        package var description: String {
            switch self {
            case .numeric(let text), .text(let text): text
            }
        }
    }

    /// How many bytes a version may have; npm has the same limit.
    package static let maximumLength = 256

    package let major: UInt64
    package let minor: UInt64
    package let patch: UInt64
    /// Empty for a stable version.
    package let prerelease: [Identifier]
    /// The parts after `+`, which have no part in precedence.
    package let build: [String]

    /// Collects a version without metadata; meant for versions that code itself makes.
    package init(_ major: UInt64, _ minor: UInt64, _ patch: UInt64, prerelease: [Identifier] = []) {
        self.major = major
        self.minor = minor
        self.patch = patch
        self.prerelease = prerelease
        self.build = []
    }

    /// Parses a version, or returns nil where the text is none.
    package init?(_ text: String) {
        let bytes = Array(text.utf8.prefix(Self.maximumLength + 1))
        guard bytes.count <= Self.maximumLength else { return nil }
        var rest = bytes[...]
        var build: [String] = []
        if let plus = rest.firstIndex(of: UInt8(ascii: "+")) {
            guard let parts = Self.identifiers(rest[(plus + 1)...]) else { return nil }
            build = parts
            rest = rest[..<plus]
        }
        var prerelease: [Identifier] = []
        if let dash = rest.firstIndex(of: UInt8(ascii: "-")) {
            guard let parts = Self.identifiers(rest[(dash + 1)...]) else { return nil }
            for part in parts {
                guard let identifier = Self.identifier(part) else { return nil }
                prerelease.append(identifier)
            }
            rest = rest[..<dash]
        }
        let numbers = rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard numbers.count == 3, let major = Self.number(numbers[0]), let minor = Self.number(numbers[1]),
            let patch = Self.number(numbers[2])
        else { return nil }
        self.major = major
        self.minor = minor
        self.patch = patch
        self.prerelease = prerelease
        self.build = build
    }

    /// Whether a pre-release part is present.
    package var isPrerelease: Bool { !prerelease.isEmpty }

    /// The version without build metadata: the form under which two versions have the same precedence.
    package var withoutBuild: String {
        let core = "\(major).\(minor).\(patch)"
        return prerelease.isEmpty ? core : core + "-" + prerelease.map(\.description).joined(separator: ".")
    }

    package var description: String {
        build.isEmpty ? withoutBuild : withoutBuild + "+" + build.joined(separator: ".")
    }

    /// Negative, zero or positive as this version has lower, equal or higher precedence than `other` (§11).
    package func precedence(over other: SemVer) -> Int {
        for (left, right) in [(major, other.major), (minor, other.minor), (patch, other.patch)] where left != right {
            return left < right ? -1 : 1
        }
        guard isPrerelease, other.isPrerelease else {
            return isPrerelease == other.isPrerelease ? 0 : (isPrerelease ? -1 : 1)
        }
        for (left, right) in zip(prerelease, other.prerelease) {
            let order = Self.compare(left, right)
            if order != 0 { return order }
        }
        return (prerelease.count - other.prerelease.count).signum()
    }
}

extension SemVer {
    /// Numbers have lower precedence than text; numbers compare by value, text by ASCII (§11.4).
    private static func compare(_ left: Identifier, _ right: Identifier) -> Int {
        switch (left, right) {
        case (.numeric, .text): -1
        case (.text, .numeric): 1
        case (.numeric(let left), .numeric(let right)):
            left.utf8.count == right.utf8.count
                ? byteOrder(left, right) : (left.utf8.count < right.utf8.count ? -1 : 1)
        case (.text(let left), .text(let right)): byteOrder(left, right)
        }
    }

    /// The order of the texts' UTF-8 bytes.
    static func byteOrder(_ left: String, _ right: String) -> Int {
        if left.utf8.lexicographicallyPrecedes(right.utf8) { return -1 }
        return right.utf8.lexicographicallyPrecedes(left.utf8) ? 1 : 0
    }

    /// A number without sign, space or leading zero that fits 64 bits.
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        guard let first = digits.first, digits.allSatisfy(isDigit) else { return nil }
        guard first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }

    /// Splits at dots; every part must be non-empty and of the identifier alphabet.
    private static func identifiers(_ bytes: ArraySlice<UInt8>) -> [String]? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isIdentifierByte) }) else { return nil }
        return parts.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func identifier(_ part: String) -> Identifier? {
        guard part.utf8.allSatisfy(isDigit) else { return .text(part) }
        return part.utf8.first == UInt8(ascii: "0") && part.utf8.count > 1 ? nil : .numeric(part)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
