import RegistryModel
import Versioning

/// A `package.json` in the form in which npm's clients send it and its installers expect it.
///
/// npm's clients rewrite the file while they publish (`@npmcli/package-json`, before it `normalize-package-data`; yarn has
/// its own): `bin` becomes an object, `bundledDependencies` gets its other spelling, scripts that are no strings vanish,
/// people and repositories become objects. Both the archive's file and the client's copy are brought into this form
/// before they are compared, and the archive's is what the index serves. What only the publisher's working copy could know
/// (`gitHead`, `_nodeVersion`) is left out.
struct NPMPackageJSON {
    /// The file in normal form, without the members that are the registry's own.
    let document: JSONValue

    /// Scripts that run when somebody installs the package.
    static let installHooks = ["preinstall", "install", "postinstall"]

    /// Members that the registry sets, whatever the file says.
    private static let registryMembers: Set<String> = [
        "bundledDependencies", "deprecated", "dist", "hasInstallScript", "maintainers", "readme", "readmeFilename",
        "time",
    ]

    /// Brings a file into normal form.
    /// - Parameters:
    ///   - raw: The parsed file.
    ///   - files: The paths of the archive's files relative to the package's root, from which `bin`, `man` and an install
    ///     script may follow; nil for a client's copy, in which they have been added already.
    init(_ raw: JSONValue, files: [String]?) {
        var document = JSONValue.object(
            (raw.members ?? []).filter { !$0.name.hasPrefix("_") && !Self.registryMembers.contains($0.name) })
        if let version = raw["version"]?.stringValue, let clean = Self.cleanVersion(version) {
            document = document.setting("version", to: .string(clean.withoutBuild))
        }
        document = Self.withDependencies(document, raw: raw)
        document = document.setting("scripts", to: Self.scripts(document["scripts"]))
        document = document.setting("bin", to: Self.bin(document, files: files))
        document = Self.withPeopleAndPlaces(document)
        if let files { document = Self.withDerived(document, files: files) }
        self.document = document
    }

    /// The name the file gives.
    var name: String? { document["name"]?.stringValue }

    /// Reads a version as npm's client cleans it: without spaces, `v` and `=` in front.
    static func cleanVersion(_ text: String) -> SemVer? {
        var rest = text[...]
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return SemVer(String(rest.drop { $0 == "v" || $0 == "=" }))
    }

    /// A member that maps names to texts, in its own order.
    func table(_ name: String) -> [(name: String, text: String)] {
        (document[name]?.members ?? []).compactMap { member in
            member.value.stringValue.map { (member.name, $0) }
        }
    }

    /// The install hooks it has, in the order in which they run.
    var hooks: [String] {
        let scripts = document["scripts"]
        return Self.installHooks.filter { !(scripts?[$0]?.stringValue ?? "").isEmpty }
    }
}

extension NPMPackageJSON {
    private static func withDependencies(_ document: JSONValue, raw: JSONValue) -> JSONValue {
        var document = document
        for kind in ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] {
            let entries = NPMDependencyTable.entries(document[kind])
            let value = entries.map { entries in JSONValue.object(entries.map { .init($0.name, .string($0.spec)) }) }
            document = document.setting(kind, to: value)
        }
        let bundled = bundled(raw["bundleDependencies"] ?? raw["bundledDependencies"], document["dependencies"])
        document = document.setting("bundleDependencies", to: bundled.map(JSONValue.strings))
        guard let bundled else { return document }
        var dependencies = document["dependencies"]?.members ?? []
        var known = Set(dependencies.map(\.name))
        known.formUnion((document["optionalDependencies"]?.members ?? []).map(\.name))
        for name in bundled where known.insert(name).inserted { dependencies.append(.init(name, "*")) }
        return document.setting("dependencies", to: .object(dependencies))
    }

    private static func bundled(_ value: JSONValue?, _ dependencies: JSONValue?) -> [String]? {
        let names: [String]
        switch value {
        case .bool(true): names = (dependencies?.members ?? []).map(\.name)
        case .object(let members): names = members.map(\.name)
        case .array(let elements): names = elements.compactMap(\.stringValue).filter { !$0.isEmpty }
        default: names = []
        }
        return names.isEmpty ? nil : names
    }

    private static func scripts(_ value: JSONValue?) -> JSONValue? {
        guard let members = value?.members else { return nil }
        return .object(
            members.compactMap { member in
                member.value.stringValue.map { .init(member.name, .string(withoutBinPath($0))) }
            })
    }

    /// A script without a leading `node_modules/.bin/`, which is on its search path anyway.
    private static func withoutBinPath(_ script: String) -> String {
        for start in ["node_modules", "./node_modules", ".\\node_modules"] where script.hasPrefix(start) {
            let rest = script.dropFirst(start.count)
            for end in ["/.bin/", "\\.bin\\", "/.bin\\", "\\.bin/"] where rest.hasPrefix(end) {
                return String(rest.dropFirst(end.count))
            }
        }
        return script
    }

    private static func bin(_ document: JSONValue, files: [String]?) -> JSONValue? {
        var pairs: [(String, String)] = []
        switch document["bin"] {
        case .string(let path): pairs = [(document["name"]?.stringValue ?? "", path)]
        case .array(let paths): pairs = paths.compactMap(\.stringValue).map { ($0, $0) }
        case .object(let members):
            pairs = members.compactMap { member in member.value.stringValue.map { (member.name, $0) } }
        default:
            guard let files, let directory = document["directories"]?["bin"]?.stringValue.flatMap(NPMPath.clean) else {
                return nil
            }
            pairs = files.filter { $0.hasPrefix(directory + "/") && !NPMPath.base($0).hasPrefix(".") }.sorted()
                .map { ($0, $0) }
        }
        let commands = JSONValue.uniqueObject(
            pairs.compactMap { key, value in
                guard let name = NPMPath.clean(key).map(NPMPath.base), let path = NPMPath.clean(value) else {
                    return nil
                }
                return (name, .string(path))
            })
        return commands.members?.isEmpty == false ? commands : nil
    }

    private static func withPeopleAndPlaces(_ document: JSONValue) -> JSONValue {
        var document = document
        if let author = document["author"]?.stringValue {
            document = document.setting("author", to: NPMPerson(author).value)
        }
        if let contributors = document["contributors"]?.arrayValue {
            let people = contributors.map { person in person.stringValue.map { NPMPerson($0).value } ?? person }
            document = document.setting("contributors", to: .array(people))
        }
        if let repository = document["repository"]?.stringValue {
            document = document.setting("repository", to: ["type": "git", "url": .string(repository)])
        }
        if let url = document["repository"]?["url"]?.stringValue, let hosted = NPMHostedGit(url) {
            let full = "git+\(hosted.webURL).git" + (hosted.committish.map { "#\($0)" } ?? "")
            document = document.setting("repository", to: document["repository"]?.setting("url", to: .string(full)))
        }
        if let bugs = document["bugs"]?.stringValue {
            let isAddress = bugs.contains("@") && !bugs.contains("/")
            document = document.setting("bugs", to: .object([.init(isAddress ? "email" : "url", .string(bugs))]))
        }
        if let keywords = document["keywords"]?.stringValue {
            let words = keywords.split { $0 == "," || $0.isWhitespace }.map(String.init)
            document = document.setting("keywords", to: .strings(words))
        }
        return document
    }

    /// Adds what npm's client finds in the working copy and the registry finds in the archive.
    private static func withDerived(_ document: JSONValue, files: [String]) -> JSONValue {
        var document = document
        let scripts = document["scripts"] ?? .object([])
        let hasGyp = files.contains { $0.hasSuffix(".gyp") && !$0.contains("/") }
        if hasGyp, document["gypfile"] != false, scripts["install"] == nil, scripts["preinstall"] == nil {
            document = document.setting("scripts", to: scripts.setting("install", to: "node-gyp rebuild"))
            document = document.setting("gypfile", to: true)
        }
        if let man = document["man"]?.stringValue {
            document = document.setting("man", to: [.string(man)])
        } else if document["man"] == nil, let directory = document["directories"]?["man"]?.stringValue,
            let folder = NPMPath.clean(directory)
        {
            let pages = files.filter { path in
                let parts = path.split(separator: ".")
                return path.hasPrefix(folder + "/") && parts.count > 1 && parts.last?.count == 1
                    && parts.last?.first?.isNumber == true
            }
            if !pages.isEmpty { document = document.setting("man", to: .strings(pages.sorted())) }
        }
        return document
    }
}
