import RegistryModel

/// What the adapter remembers of a deployment beside its files: the digests that the client sent, and what came of it.
struct MavenNotes {
    /// The most digests of one deployment.
    static let maximumChecksums = 8_000

    private(set) var json: JSONValue

    /// Reads a deployment's details.
    init(_ json: JSONValue) {
        self.json = json
    }

    /// The digest files that were sent, by their names (`tiny-1.0.jar.sha1`); in hexadecimal.
    var checksums: [String: String] {
        get { texts("checksums") }
        set { set("checksums", newValue) }
    }

    /// The files whose sender asked for checksums to be made.
    var generated: Set<String> {
        get { Set(texts("generated").keys) }
        set { set("generated", Dictionary(newValue.map { ($0, "") }) { first, _ in first }) }
    }

    /// Whether the publisher asks for the release to be staged.
    var isStaged: Bool {
        get { json["staged"]?.boolValue ?? false }
        set { json = json.setting("staged", to: newValue ? true : nil) }
    }

    /// Whether the publisher only asks what would happen.
    var isDryRun: Bool {
        get { json["dryRun"]?.boolValue ?? false }
        set { json = json.setting("dryRun", to: newValue ? true : nil) }
    }

    /// The state in which the registry looked whether it was complete, and found that it was not.
    var examined: Timestamp? {
        get { json["examined"]?.integerValue.map(Timestamp.init(microseconds:)) }
        set { json = json.setting("examined", to: newValue.map { .integer($0.microseconds) }) }
    }

    /// Whether that was after the last change.
    func isExamined(_ change: Timestamp) -> Bool { examined.map { $0 >= change } ?? false }

    private func texts(_ name: String) -> [String: String] {
        let members = json[name]?.members ?? []
        return Dictionary(members.map { ($0.name, $0.value.stringValue ?? "") }) { $1 }
    }

    private mutating func set(_ name: String, _ texts: [String: String]) {
        json = json.setting(
            name, to: .object(texts.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }))
    }
}
