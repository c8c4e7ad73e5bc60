import RegistryModel
import Versioning

/// A folder inside a git repository.
struct Checkout: Sendable {
    private let git: Tool
    private let folder: Folder

    /// Looks whether the folder is one; nil where it is not, or where git is missing.
    init?(_ folder: Folder) throws {
        guard let git = Tool("git"),
            try git.attempt(["rev-parse", "--verify", "HEAD"], in: folder.path, isQuiet: true).status == 0
        else { return nil }
        self.git = git
        self.folder = folder
    }

    /// Refuses where files are not committed: an archive holds what is committed.
    func checkClean(_ options: PublishOptions) throws {
        let changed = try git.run(["status", "--porcelain", "--", "."], in: folder.path)
        guard changed.isEmpty || options.allowsDirty else {
            throw ClientFault(
                "'\(folder.path)' has changes that are not committed, and the archive is made from the commit. Commit them, "
                    + "or publish without them: --allow-dirty.")
        }
    }

    /// Packs the commit, without what `.gitattributes` marks `export-ignore`, as a zip.
    ///
    /// Files at `replacements` take the places of those at the top that are called like them.
    func archive(to path: String, prefix: String?, replacing replacements: [LocalFile] = []) throws {
        var words = ["archive", "--format=zip", "--output=\(path)"]
        if let prefix { words.append("--prefix=\(prefix)/") }
        words += replacements.map { "--add-file=\($0.path)" } + ["HEAD"]
        if !replacements.isEmpty { words += ["--", "."] + replacements.map { ":(exclude,literal)\($0.name)" } }
        try git.run(words, in: folder.path)
    }

    /// The version that a tag of the commit names: `v1.2.3` is 1.2.3; of several the highest.
    func version() throws -> String? {
        let tags = try git.run(["tag", "--points-at", "HEAD"], in: folder.path).split(separator: "\n").map(String.init)
        return Self.version(of: tags)
    }

    /// The highest version among tags.
    static func version(of tags: [String]) -> String? {
        let versions = tags.compactMap { tag -> (text: String, version: SemVer)? in
            let text = tag.hasPrefix("v") || tag.hasPrefix("V") ? String(tag.dropFirst()) : tag
            return SemVer(text).map { (text, $0) }
        }
        return versions.max { $0.version.precedence(over: $1.version) < 0 }?.text
    }

    /// Where it was cloned from, without a user's name or password in it.
    func origin() throws -> String? {
        let result = try git.attempt(["remote", "get-url", "origin"], in: folder.path, isQuiet: true)
        guard result.status == 0, let line = result.output.split(separator: "\n").first else { return nil }
        let text = String(line)
        guard let scheme = text.firstRange(of: "://"), text.hasPrefix("http") else { return text }
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        guard let user = authority.lastIndex(of: "@") else { return text }
        return String(text[..<scheme.upperBound] + rest[rest.index(after: user)...])
    }
}

extension HTTPAnswer {
    /// What a JSON answer wants its reader to know, where a protocol has no place of its own for it.
    var notes: [String] {
        let listed = (json?["warnings"]?.arrayValue ?? []).compactMap(\.stringValue)
        return (listed + [json?["warning"]?.stringValue].compactMap(\.self)).map(Refusal.clean)
    }
}
