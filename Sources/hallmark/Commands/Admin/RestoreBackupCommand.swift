import ArgumentParser
import HallmarkServer
import Publishing
import RegistryModel

/// `hallmark admin restore SOURCE|- --data DIR`.
struct RestoreBackupCommand: AsyncParsableCommand {
    @Argument(help: "A folder, or - for standard input.") var source: String
    @Flag(help: "The master key is lost: leave out what it sealed, and let new secrets be made.") var newKey = false
    @OptionGroup var options: GlobalOptions

    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make an instance from a backup, in a new data directory and database.",
        discussion: """
            SOURCE is the folder of a backup, or - for a tar stream on standard input. The data directory must be empty \
            or have nothing but keys/master, and the database must be empty. Every digest is compared on the way, the \
            search index is made anew, a backup of an older schema is migrated, and in the end everything is verified.
            """)

    func run() async throws {
        let bar = ProgressBar()
        let printer = FindingPrinter(bar: bar, json: options.json)
        let restore = Restore(try InstanceConfiguration(try await options.settings()), forgetsKey: newKey)
        let report = try await restore.run(from: source, observer: bar.observer, report: printer.print)
        bar.clear()
        if options.json {
            let answer: JSONValue = [
                "kind": "restored", "created": .string(report.createdAt), "schema": .integer(report.schema),
                "files": .integer(report.blobs), "bytes": .integer(report.bytes), "key": .bool(report.hasKey),
            ]
            print(String(decoding: answer.bytes(), as: UTF8.self))
        } else {
            print("Restored the backup of \(report.createdAt): \(report.blobs) files (\(Size.text(report.bytes))).")
            if !report.hasKey {
                print("The master key is missing. Put it at \(report.keyPath) (mode 600) before the server starts.")
            }
        }
        printer.finish(report.check)
        if report.check.findings > 0 { throw ExitCode(1) }
    }
}
