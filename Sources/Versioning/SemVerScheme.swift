/// Versions ordered as ``SemVer`` orders them; two that differ in build metadata only are the same version.
package struct SemVerScheme: VersionScheme {
    /// Makes the scheme.
    package init() {}

    /// The version without its build metadata.
    package func canonical(_ text: String) -> String? {
        SemVer(text)?.withoutBuild
    }

    package func isPrerelease(_ text: String) -> Bool {
        SemVer(text)?.isPrerelease ?? false
    }

    package func compare(_ left: String, _ right: String) -> Int {
        switch (SemVer(left), SemVer(right)) {
        case (let left?, let right?): left.precedence(over: right)
        case (_?, nil): 1
        case (nil, _?): -1
        case (nil, nil): SemVer.byteOrder(left, right)
        }
    }
}
