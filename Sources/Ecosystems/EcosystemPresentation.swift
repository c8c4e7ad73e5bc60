import HTTPSupport
package import RegistryModel
package import Versioning

/// How an ecosystem is shown to people: its name, its clients, and the lines they type.
///
/// A table of values, so that pages know no ecosystem. The concrete values stand beside each adapter in
/// `<Name>/<Name>Presentation.swift`; the composition root hands the list to the pages.
package struct EcosystemPresentation: Sendable {
    /// A line that installs a project.
    package struct InstallLine: Hashable, Sendable {
        /// The program.
        package let client: String
        /// What to type.
        package let command: String
        /// Whether the client must know the registry by name before.
        package let needsSetup: Bool

        /// Collects the three.
        package init(_ client: String, _ command: String, needsSetup: Bool = false) {
            self.client = client
            self.command = command
            self.needsSetup = needsSetup
        }
    }

    /// How a client is set up and used with this registry.
    package struct Guide: Hashable, Sendable {
        /// What it does with which client: `Install with pip`.
        package let title: String
        package let steps: [Step]

        /// Collects both.
        package init(_ title: String, _ steps: [Step]) {
            self.title = title
            self.steps = steps
        }
    }

    /// One step of a guide.
    package struct Step: Hashable, Sendable {
        /// What it is for, in one sentence.
        package let text: String
        /// The file that holds the text, where it is not a command.
        package let file: String?
        /// What to type or to write.
        package let code: String

        /// Collects the three.
        package init(_ text: String, file: String? = nil, _ code: String) {
            self.text = text
            self.file = file
            self.code = code
        }
    }

    /// The ecosystem's id.
    package let id: EcosystemID
    /// Its name for people.
    package let displayName: String
    /// How its versions are ordered.
    package let versions: any VersionScheme
    /// The programs that work with it, in the order in which they are named.
    package let clients: [String]
    /// Where it is mounted, below the public URL.
    package let path: String
    /// The words for its kinds of file.
    package let fileKinds: [String: String]
    /// What a publisher does to have a readme here.
    package let readmeAdvice: String
    /// Whether a line that installs always names a version, the newest one where none is asked for.
    package let namesVersion: Bool
    /// How many path segments a name takes whose first is given.
    package let nameSegments: @Sendable (_ first: String) -> Int
    /// The lines that install a project, the newest version where none is given.
    package let installLines: @Sendable (_ project: String, _ version: String?, _ publicURL: String) -> [InstallLine]
    /// Where a file is downloaded, below the public URL.
    package let filePath: @Sendable (_ project: String, _ version: String, _ file: String) -> String
    /// How to use it with this registry.
    package let guides: @Sendable (_ publicURL: String) -> [Guide]

    /// Collects the values.
    package init(
        id: EcosystemID, displayName: String, versions: any VersionScheme, clients: [String], path: String,
        fileKinds: [String: String], readmeAdvice: String, namesVersion: Bool = false,
        nameSegments: @escaping @Sendable (String) -> Int = { _ in 1 },
        installLines: @escaping @Sendable (String, String?, String) -> [InstallLine],
        filePath: @escaping @Sendable (String, String, String) -> String,
        guides: @escaping @Sendable (String) -> [Guide]
    ) {
        self.id = id
        self.displayName = displayName
        self.versions = versions
        self.clients = clients
        self.path = path
        self.fileKinds = fileKinds
        self.readmeAdvice = readmeAdvice
        self.namesVersion = namesVersion
        self.nameSegments = nameSegments
        self.installLines = installLines
        self.filePath = filePath
        self.guides = guides
    }

    /// A word as a shell takes it: unchanged where every character is plain, otherwise in single quotes.
    static func shell(_ word: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-")
        guard word.isEmpty || !word.allSatisfy(plain.contains) else { return word }
        return "'" + word.replacing("'", with: "'\\''") + "'"
    }

    /// A name as one segment of an address.
    static func pathSegment(_ text: String) -> String { PathSegment.encode(text) }

    /// The address with a place for a token in it: `https://__token__:TOKEN@host`.
    static func withToken(_ address: String) -> String {
        guard let end = address.firstRange(of: "://")?.upperBound else { return address }
        return address[..<end] + "__token__:TOKEN@" + address[end...]
    }
}
