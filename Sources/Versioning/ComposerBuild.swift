/// One build of a branch of a PHP package.
///
/// A branch moves, and what was published never changes: each publish of `dev-main` is a release of its own, which is called
/// `dev-main#` and the beginning of its archive's SHA-256. Composer writes a reference behind `#` too.
package struct ComposerBuild: Hashable, Sendable {
    /// How many hexadecimal digits of the digest are in the name.
    private static let digits = 16

    /// The branch as its publisher writes it.
    package let branch: String
    /// The beginning of the archive's SHA-256 in hexadecimal.
    package let reference: String

    /// Reads the name of a build; nil for everything else.
    package init?(_ text: String) {
        guard let mark = text.lastIndex(of: "#") else { return nil }
        let reference = text[text.index(after: mark)...]
        let isDigest = reference.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard reference.utf8.count == Self.digits, isDigest, Self.isBranch(String(text[..<mark])) else { return nil }
        branch = String(text[..<mark])
        self.reference = String(reference)
    }

    /// The build of a branch whose archive has that SHA-256, in hexadecimal; nil where the version is no branch.
    package init?(of branch: String, digest: String) {
        guard Self.isBranch(branch) else { return nil }
        self.branch = branch
        reference = String(digest.prefix(Self.digits))
    }

    /// Its name.
    package var name: String { "\(branch)#\(reference)" }

    /// The form under which two names of it are the same.
    package var key: String { "\(branchKey)#\(reference)" }

    /// The form under which two spellings of the branch are the same.
    package var branchKey: String { ComposerVersion(branch)?.canonical ?? branch }

    /// Whether a version moves: `dev-main`, `1.x-dev`, and all else that Composer takes for a development version.
    package static func isBranch(_ version: String) -> Bool {
        !version.contains("#") && ComposerVersion(version)?.stability == .dev
    }
}
