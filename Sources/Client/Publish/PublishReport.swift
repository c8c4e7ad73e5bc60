package import RegistryModel

/// What a publish did.
package struct PublishReport: Sendable {
    /// One file that was sent.
    package struct File: Sendable {
        package let name: String
        package let size: Int64
        package let sha256: String
    }

    package let ecosystem: PublishEcosystem
    package let name: String
    package let version: String
    package let files: [File]
    /// What the publisher should know although it was no reason to refuse.
    package let warnings: [String]
    /// The address of the release's page.
    package let page: String
    /// The staging in which it waits.
    package let stagingKey: String?
    /// Where its publishers can try it.
    package let stagingAddress: String?
    /// Every check has passed and nothing was kept.
    package let isDryRun: Bool

    /// As programs read it.
    package var json: JSONValue {
        let staging: JSONValue? = stagingKey.map {
            .compactObject([("key", .string($0)), ("address", stagingAddress.map(JSONValue.string))])
        }
        return .compactObject([
            ("published", .bool(!isDryRun && stagingKey == nil)), ("dry_run", .bool(isDryRun)),
            ("ecosystem", .string(ecosystem.rawValue)), ("name", .string(name)), ("version", .string(version)),
            (
                "files",
                .array(
                    files.map { ["name": .string($0.name), "size": .integer($0.size), "sha256": .string($0.sha256)] })
            ),
            ("warnings", .strings(warnings)), ("page", .string(page)), ("staging", staging),
        ])
    }

    /// As people read it.
    package var lines: [String] {
        let what = "\(ecosystem.packages) \(name) \(version)"
        var lines: [String] = []
        if isDryRun {
            lines.append("Dry run: \(what) passed every check; nothing was kept.")
        } else if stagingKey != nil {
            lines.append("Staged the \(what); nobody else can see it yet.")
        } else {
            lines.append("Published the \(what).")
        }
        lines += files.map { "  \($0.name)  \($0.size) bytes  sha256 \($0.sha256)" }
        lines += warnings.map { "  warning: \($0)" }
        if let stagingKey {
            lines.append("  try it:  \(stagingAddress ?? "")")
            lines.append("  release: hallmark staging release \(stagingKey)")
            lines.append("  drop:    hallmark staging drop \(stagingKey)")
        } else if !isDryRun {
            lines.append("  \(page)")
        }
        return lines
    }
}
