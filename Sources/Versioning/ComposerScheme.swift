/// The versions of PHP packages, read and ordered by ``ComposerVersion``.
///
/// Builds of one branch are as new as each other here: which of them came last is not in their names.
package struct ComposerScheme: VersionScheme {
    /// Makes the scheme.
    package init() {}

    package func canonical(_ text: String) -> String? {
        ComposerBuild(text)?.key ?? ComposerVersion(text)?.canonical
    }

    package func isPrerelease(_ text: String) -> Bool { Self.read(text).map { $0.stability != .stable } ?? false }

    package func compare(_ left: String, _ right: String) -> Int {
        switch (Self.read(left), Self.read(right)) {
        case (let one?, let other?): ComposerVersion.compare(one, other)
        case (_?, nil): 1
        case (nil, _?): -1
        case (nil, nil): SemVer.byteOrder(left, right)
        }
    }

    /// A version, or the branch of a build.
    private static func read(_ text: String) -> ComposerVersion? {
        ComposerVersion(ComposerBuild(text)?.branch ?? text)
    }
}
