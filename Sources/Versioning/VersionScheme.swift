/// How an ecosystem reads and orders versions.
package protocol VersionScheme: Sendable {
    /// The form under which two spellings are the same version, or nil where the text is no version.
    func canonical(_ text: String) -> String?

    /// Whether an installer leaves the version out unless it is asked for. False where the text is no version.
    func isPrerelease(_ text: String) -> Bool

    /// Negative, zero or positive as `left` comes before, beside or after `right`.
    ///
    /// A total order: texts that are no versions come before all that are, in the order of their bytes.
    func compare(_ left: String, _ right: String) -> Int
}
