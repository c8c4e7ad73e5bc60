import ArgumentParser
import HallmarkServer
import Publishing
import RegistryModel

/// `hallmark admin verify [--restart] [--since 7d]`.
struct VerifyCommand: AsyncParsableCommand {
    @Flag(help: "Begin anew although a check was broken off.") var restart = false
    @Option(help: "Only read files received within this time: a number with s, m, h or d.") var since: Age?
    @OptionGroup var options: GlobalOptions

    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read every file again and hold it, and all rows, against the database.",
        discussion: """
            Finds files that are missing, truncated or damaged, rows that disagree, and work that is stuck; files that \
            nobody needs are noted and are no fault. It may run while the server serves. A check that is broken off goes \
            on where it stopped. Ends with 0 where everything is right, with 1 where something was found. With --json \
            each finding is one line, and the last line is the summary.
            """)

    func run() async throws {
        let bar = ProgressBar()
        let printer = FindingPrinter(bar: bar, json: options.json)
        let summary = try await options.withInstance { instance in
            try await instance.integrityCheck.run(
                restarts: restart, since: since.map { instance.now.advanced(bySeconds: -$0.seconds) },
                observer: bar.observer, report: printer.print)
        }
        bar.clear()
        printer.finish(summary)
        if summary.findings > 0 { throw ExitCode(1) }
    }
}

/// Prints what a check finds.
struct FindingPrinter: Sendable {
    let bar: ProgressBar
    let json: Bool

    /// Prints a finding on a line of its own.
    @Sendable func print(_ finding: IntegrityFinding) {
        bar.clear()
        if json {
            Swift.print(String(decoding: finding.json.bytes(), as: UTF8.self))
        } else {
            Swift.print("\(finding.isNote ? "note" : "WRONG"): \(finding.check): \(finding.subject): \(finding.detail)")
        }
    }

    /// Prints the summary.
    func finish(_ summary: IntegrityCheck.Summary) {
        if json {
            Swift.print(String(decoding: summary.json.bytes(), as: UTF8.self))
            return
        }
        let resumed = summary.isResumed ? ", going on where the last check stopped" : ""
        let read = "Read \(summary.files) files (\(Size.text(summary.bytes)))"
        Swift.print("\(read) of a database of schema \(summary.schema)\(resumed).")
        Swift.print(
            summary.findings == 0
                ? "Everything is right." : "\(summary.findings) findings: see the lines that begin with WRONG.")
    }
}
