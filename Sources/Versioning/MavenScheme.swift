/// The versions of Maven artifacts, read and ordered by ``MavenVersion``.
///
/// Equal versions (`1.0` and `1.0.0`) are still different directories of a repository; which of them may exist beside each
/// other is not decided here.
package struct MavenScheme: VersionScheme {
    /// Makes the scheme.
    package init() {}

    package func canonical(_ text: String) -> String? { MavenVersion(text)?.description }

    package func isPrerelease(_ text: String) -> Bool { MavenVersion(text)?.isPrerelease ?? false }

    package func compare(_ left: String, _ right: String) -> Int {
        switch (MavenVersion(left), MavenVersion(right)) {
        case (let one?, let other?): MavenVersion.compare(one, other)
        case (_?, nil): 1
        case (nil, _?): -1
        case (nil, nil): SemVer.byteOrder(left, right)
        }
    }
}
