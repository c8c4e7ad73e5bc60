import Testing

/// The known exceptions from a rule, each with its reason.
///
/// The list can only shrink: an exception that no longer exists fails the test as a violation does, so that a mended place cannot fall back.
struct AllowList: Sendable {
    /// The exceptions: what identifies one, and why it is one.
    let exceptions: [String: String]

    /// A rule without exceptions.
    static let none = AllowList(exceptions: [:])

    /// Holds what was found against the list.
    /// - Parameters:
    ///   - found: The violations, by what identifies each; the value says where it stands.
    ///   - rule: The rule in one sentence, for whoever breaks it.
    ///   - sourceLocation: The check that found them.
    func check(_ found: [String: String], rule: String, sourceLocation: SourceLocation = #_sourceLocation) {
        for (key, place) in found.sorted(by: { $0.value < $1.value }) where exceptions[key] == nil {
            Issue.record("\(place): \(key). \(rule)", sourceLocation: sourceLocation)
        }
        for key in exceptions.keys.sorted() where found[key] == nil {
            Issue.record("The exception for \(key) is no longer needed: remove it.", sourceLocation: sourceLocation)
        }
    }
}
