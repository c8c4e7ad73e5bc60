import ArgumentParser
import HallmarkServer
import Publishing
import RegistryModel

/// `hallmark admin gc [--dry-run] [--older-than 24h]`.
struct CollectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Give back the room of files that nobody needs any more.",
        discussion: """
            Takes bytes that no release refers to, those of releases removed more than 30 days ago, and uploads that \
            were never finished. It may run while the server publishes, and the server runs it once a day by itself. \
            What it takes goes in two steps: a file is moved aside when nobody has used it for the time of --older-than, \
            and erased by a later run when as much time has passed again.
            """)

    @Flag(help: "Only say what would go.") var dryRun = false
    @Option(help: "How long a file must have been left alone: a number with s, m, h or d.") var olderThan: Age?
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let bar = ProgressBar()
        let grace = olderThan?.seconds ?? GarbageCollector.defaultGrace
        let report = try await options.withInstance { instance in
            try await instance.garbageCollector.run(grace: grace, isDryRun: dryRun, observer: bar.observer)
        }
        bar.clear()
        if options.json {
            let answer: JSONValue = [
                "dry_run": .bool(dryRun), "examined": .integer(report.examined),
                "discarded": .integer(report.discarded), "discarded_bytes": .integer(report.discardedBytes),
                "erased": .integer(report.erased), "erased_bytes": .integer(report.erasedBytes),
                "put_back": .integer(report.putBack), "unfinished": .integer(report.unfinished),
            ]
            print(String(decoding: answer.bytes(), as: UTF8.self))
            return
        }
        let would = dryRun ? "Would have moved" : "Moved"
        print("Looked at \(report.examined) files.")
        print("\(would) \(report.discarded) aside (\(Size.text(report.discardedBytes))); a later run erases them.")
        print("\(dryRun ? "Would have erased" : "Erased") \(report.erased) (\(Size.text(report.erasedBytes))).")
        if report.putBack > 0 { print("\(report.putBack) turned out to be needed and stay.") }
        if report.unfinished > 0 { print("Removed \(report.unfinished) unfinished uploads.") }
    }
}
