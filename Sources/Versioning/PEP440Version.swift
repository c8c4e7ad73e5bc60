/// A Python version, read from any spelling that
/// [PEP 440](https://packaging.python.org/en/latest/specifications/version-specifiers/) allows.
///
/// Equality and order follow the specification's: trailing zeros of the release do not count, so `1.0` equals `1.0.0`, and
/// a local version comes after the public one it names.
package struct PEP440Version: Sendable {
    /// The stage of a pre-release, in the order of time.
    enum Phase: UInt8, Comparable, Sendable {
        case alpha, beta, candidate

        var letters: String {
            switch self {
            case .alpha: "a"
            case .beta: "b"
            case .candidate: "rc"
            }
        }

        static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
    }

    /// A stage with its number.
    struct Pre: Hashable, Comparable, Sendable {
        let phase: Phase
        let number: PEP440Number

        static func < (left: Pre, right: Pre) -> Bool {
            left.phase == right.phase ? left.number < right.number : left.phase < right.phase
        }
    }

    /// One segment of a local version, text before numbers in the order.
    enum LocalSegment: Hashable, Comparable, Sendable {
        case text(String)
        case number(PEP440Number)

        var description: String {
            switch self {
            case .text(let text): text
            case .number(let number): number.description
            }
        }

        static func < (left: LocalSegment, right: LocalSegment) -> Bool {
            switch (left, right) {
            case (.text(let one), .text(let other)): one.utf8.lexicographicallyPrecedes(other.utf8)
            case (.number(let one), .number(let other)): one < other
            case (.text, .number): true
            case (.number, .text): false
            }
        }
    }

    let epoch: PEP440Number
    /// Never empty.
    let release: [PEP440Number]
    let pre: Pre?
    let post: PEP440Number?
    let dev: PEP440Number?
    let local: [LocalSegment]

    /// The longest text that is read, in bytes; no version published anywhere comes near it.
    package static let maximumLength = 256

    /// Reads a version, or returns nil where the text is none or is longer than ``maximumLength`` bytes.
    ///
    /// White space around it is ignored, as the specification demands.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        var parser = PEP440Parser(text)
        guard let version = parser.version() else { return nil }
        self = version
    }

    /// Collects parts that a parser has read.
    init(
        epoch: PEP440Number, release: [PEP440Number], pre: Pre?, post: PEP440Number?, dev: PEP440Number?,
        local: [LocalSegment]
    ) {
        self.epoch = epoch
        self.release = release
        self.pre = pre
        self.post = post
        self.dev = dev
        self.local = local
    }

    /// Whether an installer leaves it out unless it is asked for: a pre-release or a development release.
    package var isPrerelease: Bool { pre != nil || dev != nil }

    /// Whether it has a local part (`+…`).
    package var isLocal: Bool { !local.isEmpty }

    /// Whether it is a development release (`.devN`).
    package var isDevelopment: Bool { dev != nil }

    /// How many segments the release has as it was written.
    package var releaseSegments: Int { release.count }

    /// The normalised spelling, with as many release segments as were written: `V1.0-RC.1` is `1.0rc1`.
    package var normalized: String { text(release) }

    /// The one spelling of all that are equal: normalised, without trailing zeros in the release.
    package var canonical: String { text(significantRelease.isEmpty ? [.zero] : significantRelease) }

    /// The release without its trailing zeros, as order and equality see it.
    private var significantRelease: [PEP440Number] {
        var segments = release
        while segments.last?.isZero == true { segments.removeLast() }
        return segments
    }

    private func text(_ segments: [PEP440Number]) -> String {
        var out = epoch.isZero ? "" : "\(epoch)!"
        out += segments.map(\.description).joined(separator: ".")
        if let pre { out += pre.phase.letters + pre.number.description }
        if let post { out += ".post\(post)" }
        if let dev { out += ".dev\(dev)" }
        if !local.isEmpty { out += "+" + local.map(\.description).joined(separator: ".") }
        return out
    }
}

extension PEP440Version: Hashable, Comparable {
    package static func == (left: PEP440Version, right: PEP440Version) -> Bool { compare(left, right) == 0 }

    package static func < (left: PEP440Version, right: PEP440Version) -> Bool { compare(left, right) < 0 }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(canonical)
    }

    /// Negative, zero or positive as `left` comes before, equals or comes after `right`.
    package static func compare(_ left: PEP440Version, _ right: PEP440Version) -> Int {
        if left.epoch != right.epoch { return left.epoch < right.epoch ? -1 : 1 }
        let releases = order(left.significantRelease, right.significantRelease)
        if releases != 0 { return releases }
        let leftStage = left.stage
        let rightStage = right.stage
        if leftStage != rightStage { return leftStage < rightStage ? -1 : 1 }
        if let one = left.pre, let other = right.pre, one != other { return one < other ? -1 : 1 }
        let posts = order(left.post, right.post, missing: -1)
        if posts != 0 { return posts }
        let devs = order(left.dev, right.dev, missing: 1)
        return devs != 0 ? devs : order(left.local, right.local)
    }

    /// Where the release stands without its numbers: a development release of no stage comes before every pre-release, and
    /// what has no pre-release part comes after them.
    private var stage: Int {
        if pre != nil { return 1 }
        return post == nil && dev != nil ? 0 : 2
    }

    private static func order(_ left: PEP440Number?, _ right: PEP440Number?, missing: Int) -> Int {
        switch (left, right) {
        case (nil, nil): 0
        case (nil, _?): missing
        case (_?, nil): -missing
        case (let one?, let other?): one == other ? 0 : one < other ? -1 : 1
        }
    }

    private static func order<Element: Comparable>(_ left: [Element], _ right: [Element]) -> Int {
        for (one, other) in zip(left, right) where one != other { return one < other ? -1 : 1 }
        return left.count == right.count ? 0 : left.count < right.count ? -1 : 1
    }
}
