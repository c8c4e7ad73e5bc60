/// The identity of a package in a registry: `scope.name`.
///
/// Follows
/// [Package identification](https://github.com/swiftlang/swift-package-manager/blob/main/Documentation/PackageRegistry/Registry.md#36-package-identification).
/// Both parts keep their case and are compared without it.
package struct SwiftPackageID: Hashable, Sendable, CustomStringConvertible {
    /// How many characters a scope may have.
    package static let maximumScopeLength = 39
    /// How many characters a name may have.
    package static let maximumNameLength = 100

    package let scope: String
    package let name: String

    /// Takes the two parts as they stand in an address, or returns nil where one is invalid.
    package init?(scope: String, name: String) {
        guard Self.isValid(scope, maximum: Self.maximumScopeLength, separators: "-"),
            Self.isValid(name, maximum: Self.maximumNameLength, separators: "-_")
        else { return nil }
        self.scope = scope
        self.name = name
    }

    /// Reads `scope.name`, or returns nil where it is none; neither part can contain a dot.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return nil }
        self.init(scope: parts[0], name: parts[1])
    }

    package var description: String { "\(scope).\(name)" }

    /// The form under which two spellings are one package.
    package var key: String { description.lowercased() }

    /// Letters, digits, and single separators between them, all of ASCII.
    private static func isValid(_ text: String, maximum: Int, separators: String) -> Bool {
        guard (1...maximum).contains(text.utf8.count) else { return false }
        var wasSeparator = true
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                wasSeparator = false
            default:
                guard !wasSeparator, separators.utf8.contains(byte) else { return false }
                wasSeparator = true
            }
        }
        return !wasSeparator
    }
}
