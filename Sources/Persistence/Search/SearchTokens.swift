import Foundation
import RegistryModel

/// The tokens under which a project is found: words, and who may see it where.
///
/// Both databases index exactly these and split nothing themselves, so they cannot disagree about what a word is. The first
/// letter says what a token is: `n` a word of the name, `w` a word of name, keywords or summary, `e` the ecosystem, `v` the
/// visibility, `u` the id of somebody with a role, `t` that of a team with one, `o` that of the organization that owns it,
/// `g` what may be a namespace around the name. There are only letters and digits in a token, so no query language can
/// misread one.
struct SearchTokens: Sendable {
    /// How many different words of a project are found; those of the name come first.
    private static let longest = 256

    /// The tokens in a fixed order, without repetition.
    let all: [String]

    /// The tokens of a project.
    init(_ entry: SearchEntry) {
        let name = Self.words(entry.name + " " + entry.nameKey)
        let texts = Self.words(([entry.name, entry.nameKey] + entry.keywords + [entry.summary]).joined(separator: " "))
        var tokens = Set(name.prefix(Self.longest).map { "n\($0)" })
        tokens.formUnion(texts.prefix(Self.longest).map { "w\($0)" })
        tokens.insert(Self.ecosystem(entry.ecosystem))
        tokens.insert("v\(entry.visibility.rawValue)")
        for member in entry.members { tokens.insert("u\(member)") }
        for team in entry.teams { tokens.insert(Self.team(team)) }
        if let organization = entry.organization { tokens.insert(Self.organization(organization)) }
        if entry.visibility == .private {
            for key in Self.beginnings(of: entry.nameKey) { tokens.insert(Self.namespace(key, of: entry.ecosystem)) }
        }
        all = tokens.sorted()
    }

    /// How many beginnings of a name may be namespaces.
    private static let deepest = 32

    /// The beginnings of a name that end before a separator, and the name itself: all that could be a namespace around it.
    private static func beginnings(of nameKey: String) -> [String] {
        let ends = nameKey.indices.filter { "/.:-_".contains(nameKey[$0]) && $0 != nameKey.startIndex }
        return (ends.map { String(nameKey[..<$0]) } + [nameKey]).suffix(deepest)
    }

    /// The token of a namespace: its 64-bit FNV-1a hash, as keys may have any character.
    ///
    /// Two that share one are told apart by the rows.
    static func namespace(_ key: String, of ecosystem: EcosystemID) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "\(ecosystem.rawValue) \(key)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return "g" + String(hash, radix: 16)
    }

    /// The token of an ecosystem.
    static func ecosystem(_ id: EcosystemID) -> String { "e" + words(id.rawValue).joined() }

    /// The token of a team.
    static func team(_ id: Int64) -> String { "t\(id)" }

    /// The token of an organization.
    static func organization(_ id: Int64) -> String { "o\(id)" }

    /// The tokens of which a project that the audience may see has one; empty where it may see all.
    static func audience(_ audience: SearchAudience) -> [String] {
        switch audience {
        case .everything: []
        case .anonymous: ["v\(Visibility.public.rawValue)"]
        case .user(let id, let reaches):
            ["v\(Visibility.public.rawValue)", "v\(Visibility.internal.rawValue)", "u\(id)"]
                + reaches.map { namespace($0.key, of: $0.ecosystem) }
        }
    }

    /// The words of a text: runs of letters and digits, folded, at most 64 scalars of each.
    static func words(_ text: String) -> [String] {
        folded(text).unicodeScalars.split { !isWordScalar($0) }.map { String($0.prefix(64)) }
    }

    /// A text in lower case without accents.
    static func folded(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text.lowercased() }
        var out = String.UnicodeScalarView()
        for scalar in text.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars
        where scalar.properties.generalCategory != .nonspacingMark {
            out.append(scalar)
        }
        return String(out)
    }

    private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            ? (0x30...0x39).contains(scalar.value) || (0x61...0x7A).contains(scalar.value | 0x20)
            : scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
}

/// The words of a search text, at most eight of them.
struct SearchWords: Sendable {
    /// The whole text, trimmed and folded.
    let folded: String
    let words: [String]

    init(_ text: String) {
        folded = SearchTokens.folded(text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        words = Array(SearchTokens.words(folded).prefix(8))
    }

    var isEmpty: Bool { words.isEmpty }
}

/// What a project must have to be found.
struct SearchCondition: Sendable {
    /// Where the words must be.
    enum Place: String, Sendable {
        case name = "n"
        case anywhere = "w"
    }

    /// The words' tokens, all of which must be there.
    let words: [String]
    /// Whether a token that only begins with a word's will do.
    let acceptsBeginnings: Bool
    /// Other tokens, all of which must be there.
    let required: [String]
    /// Tokens one of which must be there; empty where it does not matter.
    let anyOf: [String]

    /// All words of a search, for whoever asks; `groups` are the tokens of the groups that they are in.
    init(
        _ words: SearchWords, in place: Place, acceptsBeginnings: Bool, _ request: SearchRequest,
        _ groups: [String] = []
    ) {
        self.words = Array(Set(words.words.map { place.rawValue + $0 })).sorted { ($1.count, $0) < ($0.count, $1) }
        self.acceptsBeginnings = acceptsBeginnings
        required = request.ecosystem.map { [SearchTokens.ecosystem($0)] } ?? []
        anyOf = SearchTokens.audience(request.audience) + groups
    }
}
