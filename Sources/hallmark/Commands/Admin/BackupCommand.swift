import ArgumentParser
import HallmarkServer
import Publishing
import RegistryModel

/// `hallmark admin backup TARGET|-`.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy everything, as it is at one moment, while the server serves.",
        discussion: """
            TARGET is a folder, or - for one tar stream on standard output. In a folder that holds an older backup only \
            what is new is copied. The form is the same for both databases, so that a backup of PostgreSQL can be \
            restored into SQLite and the other way round. The master key is not in the backup unless --include-key is \
            given; keep a copy of it somewhere else, because what it seals cannot be opened without it.
            """)

    @Argument(help: "A folder, or - for standard output.") var target: String
    @Flag(help: "Put the master key into the backup; whoever has the backup can then open its secrets.")
    var includeKey = false
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let bar = ProgressBar()
        let (report, keyPath) = try await options.withInstance { instance in
            let report = try await instance.backUp(
                to: target, includingKey: includeKey, observer: bar.observer)
            return (report, instance.configuration.masterKeyFile)
        }
        bar.clear()
        let lines = Output(isOnError: target == "-")
        if options.json {
            let answer: JSONValue = [
                "snapshot": .string(report.snapshot), "schema": .integer(report.schema), "rows": .integer(report.rows),
                "files": .integer(report.blobs), "bytes": .integer(report.bytes), "reused": .integer(report.reused),
                "missing": .strings(report.missing.map(\.hex)), "key_included": .bool(includeKey),
            ]
            lines.write(String(decoding: answer.bytes(), as: UTF8.self))
        } else {
            lines.write(
                "Backed up \(report.rows) rows and \(report.blobs) files (\(Size.text(report.bytes))), "
                    + "\(report.reused) of them there already: \(report.snapshot).")
            lines.write(
                includeKey
                    ? "The master key is in the backup: keep it as you would keep the key."
                    : "The master key is not in the backup. Keep a copy of \(keyPath) somewhere else.")
            for digest in report.missing { lines.write("WRONG: the blob \(digest) is missing or damaged.") }
        }
        if !report.missing.isEmpty {
            Terminal.error(
                "hallmark: \(report.missing.count) files could not be backed up; see 'hallmark admin verify'.")
            throw ExitCode(1)
        }
    }
}

/// Where a command's own words go, when standard output may carry something else.
struct Output {
    let isOnError: Bool

    /// Writes a line.
    func write(_ line: String) {
        if isOnError { Terminal.error(line) } else { print(line) }
    }
}
