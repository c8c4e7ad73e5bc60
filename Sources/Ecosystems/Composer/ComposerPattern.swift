/// A pattern of package names in which `*` stands for any run of characters.
struct ComposerPattern {
    /// Longer ones are refused.
    static let maximumLength = 400

    private let pieces: [String]

    /// Reads a pattern, or nil where it is too long.
    init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        pieces = text.lowercased().split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    }

    /// What every name that matches begins with.
    var prefix: String { pieces[0] }

    /// Whether a name matches as a whole, found in one pass: each piece is taken at its first place.
    func matches(_ name: String) -> Bool {
        guard pieces.count > 1, let last = pieces.last else { return name == pieces[0] }
        guard name.hasPrefix(pieces[0]) else { return false }
        var rest = name.dropFirst(pieces[0].count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let found = rest.firstRange(of: piece) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
