import RegistryModel

/// How well a project matches a text: the smaller the better.
struct SearchRank: Comparable {
    let id: Int64
    /// What of the project matches.
    private enum Place: Int {
        case exactName, nameBeginning, nameWords, nameWordBeginnings, keywords, elsewhere
    }

    private let place: Place
    private let nameKey: String

    /// Compares a project's texts with the words; `keywords` are separated by line feeds.
    init(id: Int64, name: String, nameKey: String, keywords: String, _ words: SearchWords) {
        self.id = id
        self.nameKey = nameKey
        place = Self.place(name, nameKey, words) { SearchTokens.words(keywords) }
    }

    /// Compares a project with the words.
    init(_ project: Project, _ keywords: [String], _ words: SearchWords) {
        self.init(
            id: project.id, name: project.name.display, nameKey: project.name.key,
            keywords: keywords.joined(separator: "\n"), words)
    }

    /// The reason as it is told.
    var reason: SearchReason {
        switch place {
        case .exactName: .exactName
        case .nameBeginning: .namePrefix
        default: .words
        }
    }

    static func < (left: SearchRank, right: SearchRank) -> Bool {
        (left.place.rawValue, left.nameKey.utf8.count, left.nameKey)
            < (right.place.rawValue, right.nameKey.utf8.count, right.nameKey)
    }

    private static func place(
        _ name: String, _ nameKey: String, _ words: SearchWords, keywords: () -> [String]
    ) -> Place {
        let key = SearchTokens.folded(nameKey)
        if key == words.folded || SearchTokens.folded(name) == words.folded { return .exactName }
        if key.hasPrefix(words.folded) { return .nameBeginning }
        let inName = SearchTokens.words(name + " " + nameKey)
        if words.words.allSatisfy(inName.contains) { return .nameWords }
        if words.words.allSatisfy({ word in inName.contains { $0.hasPrefix(word) } }) { return .nameWordBeginnings }
        let declared = keywords()
        return words.words.contains(where: declared.contains) ? .keywords : .elsewhere
    }
}
