import Foundation
import RegistryModel

/// The client's own copy of a manifest, held against the one in the archive.
///
/// Other registries show the client's copy while installers run what is in the archive, so a package can look harmless
/// and not be ("manifest confusion"). Here the archive's is shown, and a copy that tells another story is refused: in the
/// name, the version, the dependencies, the commands, the install hooks and the platforms. Other scripts and
/// `devDependencies` have no part in an install; tools that strip them from the archive only are common.
struct NPMClaim {
    private let claim: NPMPackageJSON
    private let raw: JSONValue

    /// Takes the version's document from the body of a publish.
    init(_ raw: JSONValue) {
        self.raw = raw
        claim = NPMPackageJSON(raw, files: nil)
    }

    /// The first member in which the copy differs from the archive, or nil where they agree.
    func difference(from archive: NPMPackageJSON) -> String? {
        for member in ["name", "version"] where claim.document[member] != archive.document[member] { return member }
        if let kind = dependencyDifference(from: archive) { return kind }
        for hook in NPMPackageJSON.installHooks where differs(hook: hook, from: archive) { return "scripts.\(hook)" }
        if !agreesOnCommands(with: archive) { return "bin" }
        for member in ["engines", "os", "cpu", "libc"]
        where Self.platform(claim.document[member]) != Self.platform(archive.document[member]) {
            return member
        }
        return nil
    }

    /// Whether the digests that the copy names are those of the bytes that arrived.
    ///
    /// `integrity` may hold several, separated by spaces; algorithms that are not kept here are passed over.
    func agrees(with digests: FileDigests) -> Bool {
        let dist = raw["dist"]
        if let shasum = dist?["shasum"]?.stringValue, Hex.decode(shasum) != digests.sha1 { return false }
        guard let integrity = dist?["integrity"]?.stringValue else { return true }
        for token in integrity.split(whereSeparator: \.isWhitespace) {
            let parts = token.prefix { $0 != "?" }.split(separator: "-", maxSplits: 1)
            guard parts.count == 2 else { return false }
            let expected: [UInt8]
            switch parts[0] {
            case "sha512": expected = digests.sha512
            case "sha256": expected = digests.sha256.bytes
            case "sha1": expected = digests.sha1
            case "md5": expected = digests.md5
            default: continue
            }
            guard let named = Data(base64Encoded: String(parts[1])), Array(named) == expected else { return false }
        }
        return true
    }

    /// npm has long copied optional dependencies into the others; where a name is in both, the optional entry counts.
    private func dependencyDifference(from archive: NPMPackageJSON) -> String? {
        let optional = (Self.specs(claim, "optionalDependencies"), Self.specs(archive, "optionalDependencies"))
        guard optional.0 == optional.1 else { return "optionalDependencies" }
        let names = Set(optional.0.keys)
        let required = [claim, archive].map { Self.specs($0, "dependencies").filter { !names.contains($0.key) } }
        guard required[0] == required[1] else { return "dependencies" }
        guard Self.specs(claim, "peerDependencies") == Self.specs(archive, "peerDependencies") else {
            return "peerDependencies"
        }
        let meta = [claim, archive].map { ($0.document["peerDependenciesMeta"] ?? .object([])).canonicalBytes() }
        guard meta[0] == meta[1] else { return "peerDependenciesMeta" }
        let bundled = [claim, archive].map { Set($0.document["bundleDependencies"]?.arrayValue ?? []) }
        return bundled[0] == bundled[1] ? nil : "bundleDependencies"
    }

    private static func specs(_ file: NPMPackageJSON, _ kind: String) -> [String: String] {
        Dictionary(
            file.table(kind).map { ($0.name, NPMDependencyTable.canonical($0.text)) }, uniquingKeysWith: { $1 })
    }

    /// npm adds an install script where the working copy has a `.gyp` file, even if the archive leaves that file out.
    private func differs(hook: String, from archive: NPMPackageJSON) -> Bool {
        let own = claim.document["scripts"]?[hook]?.stringValue
        let theirs = archive.document["scripts"]?[hook]?.stringValue
        if hook == "install", own == "node-gyp rebuild", theirs == nil { return false }
        return own != theirs
    }

    /// Where the commands come from `directories.bin`, clients disagree about folders in it; every one must be there.
    ///
    /// Commands in hidden files are passed over: npm dropped them from the copy before version 11.
    private func agreesOnCommands(with archive: NPMPackageJSON) -> Bool {
        let own = Self.commands(claim)
        let theirs = Self.commands(archive)
        guard let directory = archive.document["directories"]?["bin"]?.stringValue.flatMap(NPMPath.clean) else {
            return own == theirs
        }
        return own == theirs
            || own.allSatisfy { $0.value.hasPrefix(directory + "/") && NPMPath.base($0.value) == $0.key }
    }

    private static func commands(_ file: NPMPackageJSON) -> [String: String] {
        Dictionary(file.table("bin").filter { !$0.text.hasPrefix(".") }.map { ($0.name, $0.text) }) { $1 }
    }

    /// A list that is given as one text, or as `name range` texts instead of an object, means the same.
    private static func platform(_ value: JSONValue?) -> [UInt8]? {
        switch value {
        case nil, .null: nil
        case .string(let text): JSONValue.strings([text]).bytes()
        case .array(let elements) where elements.isEmpty: nil
        case .object(let members) where members.isEmpty: nil
        case .object(let members):
            JSONValue.strings(members.map { "\($0.name) \($0.value.stringValue ?? "")".trimmed }.sorted()).bytes()
        case .array(let elements): JSONValue.strings(elements.compactMap(\.stringValue)).bytes()
        case let other?: other.bytes()
        }
    }
}
