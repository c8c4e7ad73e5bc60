import ArgumentParser
import HallmarkServer
import Publishing
import RegistryModel

/// `hallmark admin export DIR|-`.
struct ExportCommand: AsyncParsableCommand {
    private static let discussion = """
        TARGET is a folder, or - for one tar stream on standard output. An export is for reading and for other \
        programs; to move an instance, use backup and restore. It has no tokens and no keys, and no addresses of \
        people unless --include-personal-data is given.
        """

    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write everything in open forms: JSON lines, and the package files by name.",
        discussion: discussion)

    @Argument(help: "A folder, or - for standard output.") var target: String
    @Flag(help: "Also write the addresses of people.") var includePersonalData = false
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let bar = ProgressBar()
        let report = try await options.withInstance { instance in
            try await instance.export(
                to: target, includingPersonalData: includePersonalData, observer: bar.observer)
        }
        bar.clear()
        let lines = Output(isOnError: target == "-")
        if options.json {
            let answer: JSONValue = .object(
                report.lines.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .integer($0.value)) }
                    + [
                        JSONValue.Member("package_files", .integer(report.files)),
                        JSONValue.Member("missing", .strings(report.missing)),
                    ])
            lines.write(String(decoding: answer.bytes(), as: UTF8.self))
        } else {
            let counts = report.lines.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            lines.write("Exported \(counts.joined(separator: ", ")); \(report.files) package files.")
            for path in report.missing { lines.write("WRONG: \(path) is missing or damaged.") }
        }
        if !report.missing.isEmpty { throw ExitCode(1) }
    }
}
