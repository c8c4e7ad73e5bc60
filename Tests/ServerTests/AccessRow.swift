import RegistryModel

/// Who may call a route.
enum Access: Sendable {
    /// Everybody; the answer has nothing to do with any project.
    case everyone
    /// Everybody; the answer lists what the reader may see.
    case list
    /// Whoever may read the one project that the address names.
    case reader
    /// Who is signed in on the pages; a token is no session.
    case session
    /// Whoever has a valid token.
    case token
    /// Whoever has a valid token and may read the project.
    case tokenReader
    /// Whoever has a role on the project and a token whose scope covers it.
    case member
    /// Whoever acts for themselves: with a session or token of their own, not one that the operator made.
    case person
    /// Whoever moderates or administers the instance.
    case moderator
}

/// One row of the table: a route, who may call it, and a call that proves it.
struct AccessRow: Sendable, CustomStringConvertible {
    let method: String
    let route: String
    let access: Access
    /// The address of a call; `{p}` is a project's name, `{rev}` its revision (npm), `{asset}` a static file.
    let call: String
    /// What names the project of the call.
    let names: AccessNames
    var body: JSONValue?
    /// Whether the body is a package, published by its own client's form.
    var isUpload = false
    /// Whether the owner's call ends the project or the release, so that it comes last.
    var isLast = false
    /// The statuses with which somebody who may call it is answered.
    var accepted: ClosedRange<Int> = 200...399

    var description: String { "\(method) \(route)" }

    /// The address for a project.
    func path(_ project: String) -> String { call.replacing("{p}", with: project) }
}

/// The projects that a row is called with.
struct AccessNames: Sendable, Hashable {
    let ecosystem: String
    /// Everybody may read it; nothing changes it.
    let open: String
    /// Only its members may read it.
    let hidden: String
    /// Everybody may read it, and its owner's calls change it.
    let spare: String
    /// What stands before the names, such as a scope.
    var prefix = ""

    static let pypi = AccessNames(ecosystem: "pypi", open: "lamp", hidden: "vault", spare: "spare")
    static let cargo = AccessNames(ecosystem: "cargo", open: "lamp", hidden: "vaul", spare: "spar")
    static let npm = AccessNames(ecosystem: "npm", open: "lamp", hidden: "vault", spare: "spare")
    static let scoped = AccessNames(
        ecosystem: "npm", open: "lamp", hidden: "vault", spare: "spare", prefix: "@team/")
    static let swift = AccessNames(
        ecosystem: "swift", open: "lamp", hidden: "vault", spare: "spare", prefix: "team.")
    static let composer = AccessNames(
        ecosystem: "composer", open: "lamp", hidden: "vault", spare: "spare", prefix: "team/")
    static let maven = AccessNames(ecosystem: "maven", open: "lamp", hidden: "vault", spare: "spare", prefix: "team:")
    /// Crates of one to three letters, which have places of their own in the index.
    static func short(_ length: Int) -> AccessNames {
        func name(_ letter: Character) -> String { String(repeating: letter, count: length) }
        return AccessNames(ecosystem: "cargo", open: name("q"), hidden: name("z"), spare: name("w"))
    }

    static let all = [pypi, cargo, npm, scoped, swift, composer, maven, short(1), short(2), short(3)]
}
