import Foundation
import Persistence
import RegistryModel

/// Fills a database with the releases of a registry that has been busy for years.
///
///     hallmark-growth --database sqlite:PATH|postgres://… --to RELEASES [--from RELEASES]
///     hallmark-growth --sample COUNT --to RELEASES
///
/// The second form prints what to ask a registry of that size for.
///
/// The rows are written by the stores that a publish writes with. The same numbers always give the same projects, so
/// `--from` goes on where an earlier run with that `--to` has ended. The blobs of the files are not made: what is
/// measured reads documents.
@main
struct GrowthTool {
    static func main() async {
        guard let options = GrowthOptions(CommandLine.arguments.dropFirst()) else {
            let usage =
                "usage: hallmark-growth --database URL --to RELEASES [--from RELEASES]\n"
                + "       hallmark-growth --sample COUNT --to RELEASES"
            FileHandle.standardError.write(Data("\(usage)\n".utf8))
            exit(2)
        }
        if options.sample > 0 {
            let sample = GrowthSample(GrowthPlan(from: 0, to: options.to), count: options.sample)
            return print(String(decoding: sample.json.bytes(), as: UTF8.self))
        }
        do {
            try await run(options)
        } catch {
            FileHandle.standardError.write(Data("hallmark-growth: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ options: GrowthOptions) async throws {
        let driver: any SQLDriver =
            options.isPostgres
            ? try PostgresDriver(url: options.database)
            : try SQLiteDriver(path: String(options.database.dropFirst("sqlite:".count)))
        let migrator = Migrator(driver: driver, migrations: Migration.all, clock: GrowthCalendar())
        _ = try await migrator.migrate()
        let began = ContinuousClock.now
        let plan = GrowthPlan(from: options.from, to: options.to)
        try await GrowthUsers(plan).write(to: driver)
        let writer = try GrowthWriter(driver: driver)
        // PostgreSQL answers every statement over a socket: several connections keep it busy. SQLite has one writer,
        // and a second task makes rows while the first one's are written.
        try await withThrowingTaskGroup { group in
            var windows = plan.windows.makeIterator()
            for _ in 0..<(options.isPostgres ? 4 : 2) {
                guard let window = windows.next() else { break }
                group.addTask { try await writer.write(window) }
            }
            var written = 0
            while let count = try await group.next() {
                written += count
                if let window = windows.next() { group.addTask { try await writer.write(window) } }
                report(written, of: plan.releases, since: began)
            }
        }
        await driver.shutdown()
        let seconds = Self.seconds(since: began)
        print(
            "\(plan.releases) releases of \(plan.projects) projects in \(Int(seconds)) s:",
            "\(Int(Double(plan.releases) / max(seconds, 0.001))) releases a second")
    }

    private static func report(_ written: Int, of total: Int, since began: ContinuousClock.Instant) {
        guard isatty(FileHandle.standardError.fileDescriptor) == 1 else { return }
        let rate = Int(Double(written) / max(seconds(since: began), 0.001))
        FileHandle.standardError.write(Data("\r\(written) of \(total) releases, \(rate) a second ".utf8))
    }

    private static func seconds(since began: ContinuousClock.Instant) -> Double {
        let parts = (ContinuousClock.now - began).components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }
}

/// What the command line asks for.
struct GrowthOptions {
    var database = ""
    var from = 0
    var to = 0
    /// How many projects and searches to print; 0 to fill a database.
    var sample = 0

    var isPostgres: Bool { !database.hasPrefix("sqlite:") }

    /// Reads the arguments; nil where they make no sense.
    init?(_ arguments: ArraySlice<String>) {
        var rest = arguments
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { return nil }
            switch (name, Int(value)) {
            case ("--database", _): database = value
            case ("--from", let number?): from = number
            case ("--to", let number?): to = number
            case ("--sample", let number?): sample = number
            default: return nil
            }
        }
        guard database.isEmpty == (sample > 0), from >= 0, to > from else { return nil }
    }
}
