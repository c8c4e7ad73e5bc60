/// The versions of PHP packages, read and ordered by ``ComposerVersion``.
package struct ComposerScheme: VersionScheme {
    /// Makes the scheme.
    package init() {}

    package func canonical(_ text: String) -> String? { ComposerVersion(text)?.canonical }

    package func isPrerelease(_ text: String) -> Bool { ComposerVersion(text).map { $0.stability != .stable } ?? false }

    package func compare(_ left: String, _ right: String) -> Int {
        switch (ComposerVersion(left), ComposerVersion(right)) {
        case (let one?, let other?): ComposerVersion.compare(one, other)
        case (_?, nil): 1
        case (nil, _?): -1
        case (nil, nil): SemVer.byteOrder(left, right)
        }
    }
}
