import RegistryModel

/// The shape of composer.json.
enum ComposerSchema {
    /// The whole file; unlike in Composer's own schema a package must have a name, for without one it cannot be published.
    static let package = ComposerShape.object(
        [
            "name": .text("is not a package name such as vendor/package") { ComposerNames.isValid($0) },
            "description": .string, "readme": .string, "time": .string, "homepage": .string, "target-dir": .string,
            "license": .either([.string, .array(of: .anything)]),
            "type": .text("must consist of small letters, digits and '-'", isType),
            "abandoned": .either([.boolean, .string]),
            "version": .text("is not a version", isVersion),
            "default-branch": .boolean, "prefer-stable": .boolean,
            "non-feature-branches": .array(of: .string), "keywords": .array(of: .string),
            "include-path": .array(of: .string),
            "authors": .array(of: person), "support": support, "funding": funding,
            "source": source, "dist": dist, "_comment": .either([.array(of: .anything), .string]),
            "require": links, "require-dev": links, "replace": links, "conflict": links, "provide": links,
            "suggest": links,
            "repositories": .either([.object([:]), .array(of: .anything)]),
            "minimum-stability": .text("must be dev, alpha, beta, RC or stable") { stabilities.contains($0) },
            "autoload": autoload, "autoload-dev": autoloadForDevelopment,
            "bin": .either([.string, .array(of: .string)]),
            "archive": .object(["name": .string, "exclude": .array(of: .anything)]),
            "config": .object([:]), "extra": .either([.object([:]), .array(of: .anything)]),
            "scripts": .object([:]), "scripts-descriptions": .object([:], others: .string),
        ], required: ["name"])

    private static let stabilities: Set<String> = ["dev", "alpha", "beta", "rc", "RC", "stable"]

    /// A table from package names to constraints, or of `suggest` to reasons.
    private static let links = ComposerShape.object([:], others: .string)

    private static let person = ComposerShape.closed(
        ["name": .string, "email": .string, "homepage": .string, "role": .string], required: ["name"])

    private static let support = ComposerShape.object(
        [
            "email": .string, "issues": .string, "forum": .string, "wiki": .string, "irc": .string, "chat": .string,
            "source": .string, "docs": .string, "rss": .string, "security": .string,
        ])

    private static let funding = ComposerShape.array(of: .object(["type": .string, "url": .string]))

    private static let source = ComposerShape.object(
        ["type": .string, "url": .string, "reference": .string, "mirrors": .array(of: .anything)],
        required: ["type", "url", "reference"])

    private static let dist = ComposerShape.object(
        [
            "type": .string, "url": .string, "reference": .string, "shasum": .string,
            "mirrors": .array(of: .anything),
        ], required: ["type", "url"])

    private static let folders = ComposerShape.object([:], others: .either([.string, .array(of: .string)]))

    private static let autoload = ComposerShape.object([
        "psr-0": folders, "psr-4": folders, "classmap": .array(of: .anything), "files": .array(of: .anything),
        "exclude-from-classmap": .array(of: .anything),
    ])

    private static let autoloadForDevelopment = ComposerShape.object([
        "psr-0": folders, "psr-4": folders, "classmap": .array(of: .anything), "files": .array(of: .anything),
    ])

    @Sendable private static func isType(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    /// The schema only looks at how it begins; what follows is read where the version is.
    @Sendable private static func isVersion(_ text: String) -> Bool {
        let digits = text.hasPrefix("v") ? text.dropFirst() : text[...]
        return text.hasPrefix("dev-") || digits.utf8.first.map { (0x30...0x39).contains($0) } == true
    }
}
