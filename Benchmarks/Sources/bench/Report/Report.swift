import Foundation

/// The result for people and for programs.
struct Report {
    private static let begin = "<!-- The table: `make bench` rewrites what stands between this line and its end. -->"
    private static let end = "<!-- The end of the table. -->"

    let result: RunResult
    /// How many processors a server can keep busy.
    let workers: Int

    /// For a terminal.
    var text: String {
        let machine = result.machine.map { "\($0.key): \($0.value)\n" }.joined()
        let tables = [rates, limits].filter { !$0.rows.isEmpty }.map { "\n\($0.text)" }
        return machine + tables.joined() + notes.map { "\n\($0)\n" }.joined()
    }

    /// For a page.
    var markdown: String {
        let machine = Table(header: ["measured", ""], rows: result.machine.map { [$0.key, $0.value] })
        let tables = [machine, rates, limits].filter { !$0.rows.isEmpty }
        return (tables.map(\.markdown) + notes.map { "\($0)\n" }).joined(separator: "\n")
    }

    /// All numbers.
    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try encoder.encode(result)
    }

    /// Fails, before anything is measured, where a page has no place for the tables.
    static func check(page: String) throws {
        guard let text = try? String(contentsOfFile: page, encoding: .utf8) else {
            throw BenchFailure("there is no \(page)")
        }
        _ = try replaced(text, with: "", page)
    }

    /// Puts the tables between the marks of a page, and leaves the rest of it alone.
    func write(into page: String) throws {
        let text = try String(contentsOfFile: page, encoding: .utf8)
        try Self.replaced(text, with: markdown, page).write(toFile: page, atomically: true, encoding: .utf8)
    }

    /// The page with other tables.
    static func replaced(_ text: String, with tables: String, _ page: String) throws -> String {
        guard let first = text.range(of: begin), let last = text.range(of: end, range: first.upperBound..<text.endIndex)
        else { throw BenchFailure("\(page) has no place for the table; it stands between\n\(begin)\n\(end)") }
        return text[..<first.upperBound] + "\n\n" + tables + "\n" + text[last.lowerBound...]
    }

    private var rates: Table {
        var table = Table(header: [
            "work", "beside", "Hallmark", "the other", "ratio (least–most)", "to reach", "", "p50 / p99 ms",
            "the other's", "CPU s", "ratio per CPU s", "peak MB",
        ])
        for row in result.rows {
            guard let ours = row.sides.first else { continue }
            for (comparison, theirs) in zip(row.comparisons, row.sides.dropFirst()) {
                let spread = "(\(Format.ratio(comparison.least))–\(Format.ratio(comparison.most)))"
                table.rows.append([
                    row.title, comparison.other, Format.rate(ours.rate, row.unit), Format.rate(theirs.rate, row.unit),
                    "\(Format.ratio(comparison.ratio)) \(spread)", comparison.goal.description, comparison.verdict,
                    "\(Format.milliseconds(ours.p50)) / \(Format.milliseconds(ours.p99))",
                    "\(Format.milliseconds(theirs.p50)) / \(Format.milliseconds(theirs.p99))",
                    "\(Format.fixed(ours.processorSeconds, 1)) / \(Format.fixed(theirs.processorSeconds, 1))",
                    comparison.yield > 0 ? Format.ratio(comparison.yield) : "—",
                    "\(Format.megabytes(ours.peakBytes)) / \(Format.megabytes(theirs.peakBytes))",
                ])
            }
        }
        return table
    }

    private var limits: Table {
        var table = Table(header: ["Hallmark alone", "median (least–most)", "to reach", ""])
        for limit in result.limits {
            let spread = "(\(Format.fixed(limit.values.min() ?? 0, 0))–\(Format.fixed(limit.values.max() ?? 0, 0)))"
            table.rows.append([
                limit.title, "\(Format.fixed(limit.median, 0)) \(spread) \(limit.unit)",
                "≤ \(Format.fixed(limit.limit, 0)) \(limit.unit)", limit.verdict,
            ])
        }
        return table
    }

    /// What a reader of the table must know besides: rounds that do not count, and how much was published.
    private var notes: [String] {
        result.failures
            + result.rows.flatMap { row in
                row.sides.flatMap { side -> [String] in
                    let faulty = side.samples.filter { !$0.isValid }
                    var notes: [String] = []
                    if let first = faulty.first {
                        let count = "\(faulty.count) of \(side.samples.count) rounds of \(side.server) do not count"
                        notes.append("\(row.title): \(count): \(first.faults.joined(separator: ", ")).")
                    }
                    if row.unit != .publishes, side.loadBusy > 0.9, side.serverBusy < 0.85 * Double(workers) {
                        let shares = [side.loadBusy, side.serverBusy].map { Format.fixed($0 * 100, 0) }
                        notes.append(
                            "\(row.title): the load generator was the bound beside \(side.server): it used \(shares[0]) % of a "
                                + "processor, the server \(shares[1]) %. The ratio per CPU second says more here.")
                    }
                    if side.publishShare > 0 {
                        notes.append("\(row.title): \(Format.fixed(side.publishShare, 2)) % of the requests published.")
                    }
                    return notes
                }
            }
    }
}

extension RowResult {
    /// One line while the run goes on.
    var summary: String {
        comparisons.map { "\(Format.ratio($0.ratio)) of \($0.other) (\($0.verdict))" }.joined(separator: ", ")
    }
}
