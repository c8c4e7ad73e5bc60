/// The versions of Python packages: [PEP 440](https://packaging.python.org/en/latest/specifications/version-specifiers/).
package struct PEP440Scheme: VersionScheme {
    /// Makes the scheme.
    package init() {}

    package func canonical(_ text: String) -> String? { PEP440Version(text)?.canonical }

    package func isPrerelease(_ text: String) -> Bool { PEP440Version(text)?.isPrerelease ?? false }

    package func compare(_ left: String, _ right: String) -> Int {
        switch (PEP440Version(left), PEP440Version(right)) {
        case (let one?, let other?): PEP440Version.compare(one, other)
        case (nil, _?): -1
        case (_?, nil): 1
        case (nil, nil):
            left.utf8.elementsEqual(right.utf8) ? 0 : left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
        }
    }
}
