/// The versions of Maven artifacts, read and ordered by ``MavenVersion``.
///
/// Versions that Maven takes for equal (`1.0` and `1.0.0`) are still different directories of a repository, and both may be
/// in it: they stand beside each other in the order, and the canonical form is the spelling itself.
package struct MavenScheme: VersionScheme {
    /// Makes the scheme.
    package init() {}

    package func canonical(_ text: String) -> String? { MavenVersion(text).map { _ in text } }

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
