import RegistryModel

/// What Composer calls an abandoned package: one that its owners archived or deprecated.
enum ComposerAbandonment {
    /// The member `abandoned` of every version: the package to use instead, or true; nil where it is not abandoned.
    static func value(of project: Project) -> JSONValue? {
        switch project.status {
        case .active, .quarantined: nil
        case .archived, .deprecated:
            replacement(in: project.statusReason ?? "", of: project.name.key).map(JSONValue.string) ?? true
        }
    }

    /// The package that the reason of the status recommends.
    ///
    /// The reason is a text for people; a package is taken from it where nothing else can be meant: it is the whole text, or
    /// stands behind "use" or "by" as in "Unmaintained, use acme/other instead." and "Replaced by acme/other".
    static func replacement(in reason: String, of name: String) -> String? {
        let words = reason.split { $0.isWhitespace }.map { word in
            String(
                word.lowercased().drop { "'\"`(".contains($0) }.reversed().drop { "'\"`).,;:!".contains($0) }.reversed()
            )
        }
        let candidates = words.indices.filter { index in
            words.count == 1 || (index > 0 && ["use", "by"].contains(words[index - 1]))
        }
        return candidates.map { words[$0] }.first { ComposerNames.isValid($0) && $0 != name }
    }
}
