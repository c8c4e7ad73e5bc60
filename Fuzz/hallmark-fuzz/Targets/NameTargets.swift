import Ecosystems
import Formats
import HTTPSupport
import RegistryModel

private let nameSeeds = [
    "requests", "Tiny.Pkg_X", "@scope/name", "serde_json", "serde-json", "a", "", "con", "\u{212A}elvin",
    "node_modules", "std",
    "%40scope%2fname", "a b", "..", "a/../b", "os", "é",
]
private let nameWords = "@ / . - _ %2f ~ a Z 0 con nul http fs std core @types/"

/// Names of projects, token scopes, path segments, percent encoding.
func nameTargets() throws -> [FuzzTarget] {
    let formats = try everyFormat()
    return [
        .text("project-name", maximumBytes: 600, seeds: nameSeeds, words: nameWords) { text in
            var verdicts: [String] = []
            for format in formats {
                let key = format.lookupKey(text)
                do {
                    let name = try format.projectName(text)
                    try require(
                        key == name.key, "'\(text)' is published as '\(name.key)' and looked up as '\(key ?? "")'")
                    try require(
                        format.lookupKey(name.display) == name.key, "the shown name '\(name.display)' is another")
                    try require(format.lookupKey(name.key) == name.key, "the key '\(name.key)' has another key")
                    let plain = [name.display, name.key, name.confusable].allSatisfy { form in
                        form.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"<>\"'&\\%?#".utf8.contains($0) }
                    }
                    try require(plain, "the name '\(name.display)' has characters that are not plain")
                    try require(
                        !name.key.split(separator: "/").contains { $0 == "." || $0 == ".." },
                        "the key '\(name.key)' climbs")
                    verdicts.append("name")
                } catch let problem as Problem {
                    verdicts.append(problem.code.rawValue)
                }
                _ = try? format.version(text)
            }
            return verdicts.joined(separator: " ")
        },
        repositoryTarget(),
        tokenScopeTarget(),
    ]
}

/// Addresses of source repositories, which decide which package takes the place of which repository.
private func repositoryTarget() -> FuzzTarget {
    .text(
        "swift-repository", maximumBytes: 600,
        seeds: [
            "https://github.com/mona/LinkedList.git", "git@github.com:groue/GRDB.swift", "ssh://git@h.org:22/a/b/",
            "https://u:p@h.org:443/a%20b?x#y",
        ],
        words: "https:// ssh:// git@ : / .git %2f %2e . .. ? # @ é h.org"
    ) { text in
        guard let repository = SwiftRepositoryURL(text) else { return "none" }
        let path = repository.canonical.split(separator: "/").map { PathSegment.encode(String($0)) }
        let again = SwiftRepositoryURL("https://" + path.joined(separator: "/"))
        // Another `.git` at the end would go too, letters beyond ASCII have more than one fold, and encoding makes longer.
        let form = repository.canonical
        let isPlain = form.utf8.count < 300 && form.utf8.allSatisfy { $0 < 0x80 } && !form.hasSuffix(".git")
        try require(
            !isPlain || again?.canonical == repository.canonical, "'\(repository.canonical)' has another form")
        if let id = repository.suggestedID {
            try require(SwiftPackageID(id.description) == id, "'\(id)' is no identity")
        }
        return "repository \(repository.components.count) \(repository.suggestedID == nil)"
    }
}

private func tokenScopeTarget() -> FuzzTarget {
    .text(
        "token-scope", maximumBytes: 600,
        seeds: ["publish+yank:cargo:my-*", "read", "manage:*:x", "read:pypi", "publish:npm:@s/*"],
        words: "read publish yank manage + : * cargo pypi npm"
    ) { text in
        guard let scope = TokenScope(text) else { return "none" }
        try require(TokenScope(scope.description) == scope, "'\(scope)' is read as another scope")
        let allowed = scope.allows(.publish, ecosystem: EcosystemID(rawValue: "npm"), nameKey: text)
        return "scope \(scope.actions.count) \(scope.ecosystem == nil) \(allowed)"
    }
}

private func everyFormat() throws -> [any PackageFormat] {
    let signer = try NPMSigner(privateKey: [UInt8](repeating: 7, count: 32), createdAt: Timestamp(seconds: 0))
    return [PyPIFormat(), CargoFormat(), NPMFormat(signer: signer), SwiftFormat(), ComposerFormat(), MavenFormat()]
}
