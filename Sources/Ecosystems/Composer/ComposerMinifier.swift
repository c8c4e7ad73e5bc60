package import RegistryModel

/// The form in which Composer 2 takes a package's versions: each as what differs from the one before it
/// ([composer/metadata-minifier](https://github.com/composer/metadata-minifier)).
///
/// The first stands there whole. A later one has the members that are new or changed, and ``removed`` for those that it
/// does not have; everything else is inherited.
package enum ComposerMinifier {
    /// The name of the form in a document's member `minified`.
    package static let form = "composer/2.0"

    /// What stands in place of a member that the version before had and this one has not.
    package static let removed: JSONValue = "__unset"

    /// Brings versions into that form.
    ///
    /// A member that is null, or whose value is the text that stands for a removed one, could not be told from a member
    /// that is not there; it is left out.
    package static func minify(_ versions: [JSONValue]) -> [JSONValue] {
        var known: [String: JSONValue] = [:]
        return versions.enumerated().map { index, version in
            let members = (version.members ?? []).filter { !$0.value.isNull && $0.value != removed }
            let names = Set(members.map(\.name))
            let changed = members.filter { known[$0.name] != $0.value }
            // Sorted, so that the same versions give the same bytes.
            let gone = index == 0 ? [] : known.keys.filter { !names.contains($0) }.sorted()
            for member in changed { known[member.name] = member.value }
            for name in gone { known[name] = nil }
            return .object(changed + gone.map { JSONValue.Member($0, removed) })
        }
    }
}
