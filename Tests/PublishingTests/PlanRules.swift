import Foundation
import HallmarkTesting
import Testing

/// What the plan of a statement may say, and which statements there are.
struct PlanRules {
    /// Statements that may read a table from its beginning, each with the reason why that costs nothing.
    let scans: [String: String]
    /// Statements that may sort what they found, each with what bounds it.
    let sorts: [String: String]

    /// Stores of operators' commands that read everything there is: what they cost grows with it.
    private static let readsEverything: Set = ["ExportStore.swift", "IntegrityStore.swift", "TableStore.swift"]

    /// The plans of every statement that runs in a registry on SQLite.
    static func record(
        _ body: @Sendable (TestRegistry) async throws -> Void
    ) async throws -> Set<PlanRecordingDriver.Plan> {
        var recording: PlanRecordingDriver?
        try await withRegistry(
            .sqlite,
            through: { driver in
                let wrapped = PlanRecordingDriver(driver)
                recording = wrapped
                return wrapped
            }, body)
        return try #require(recording).plans
    }

    /// Holds every plan to the rules.
    func check(_ plans: Set<PlanRecordingDriver.Plan>) {
        for plan in plans {
            let text = Self.squeezed(plan.statement)
            for step in Self.scans(in: plan) {
                #expect(scans.keys.contains { text.hasPrefix($0) }, "\(step): \(text)")
            }
            for step in plan.steps where step.hasPrefix("USE TEMP B-TREE") {
                #expect(sorts.keys.contains { text.hasPrefix($0) }, "\(step): \(text)")
            }
        }
    }

    /// Holds that every statement in those files is among the plans.
    func check(_ plans: Set<PlanRecordingDriver.Plan>, cover files: Set<String>) throws {
        let seen = plans.map { Self.squeezed($0.statement) }
        for (beginning, file) in try Self.beginnings(in: files) {
            #expect(seen.contains { $0.contains(beginning) }, "\(file): use it in this test: \(beginning)")
        }
    }

    /// The steps of a plan that read a table or an index from its beginning, or what comes to the same.
    static func scans(in plan: PlanRecordingDriver.Plan) -> [String] {
        let subqueries = plan.steps.compactMap { step in
            ["CO-ROUTINE ", "MATERIALIZE "].first(where: step.hasPrefix).map { step.dropFirst($0.count) }
        }
        return plan.steps.filter { isScan($0, besides: subqueries) || isScanInDisguise($0, of: plan.statement) }
    }

    /// A step that reads a table or an index from its beginning; full text and its tables have no other word for a match.
    ///
    /// What a subquery reads has steps of its own.
    private static func isScan(_ step: String, besides subqueries: [Substring]) -> Bool {
        guard step.hasPrefix("SCAN ") else { return false }
        let subject = step.dropFirst(5).prefix { $0 != " " }
        if subqueries.contains(subject) || step.contains("CONSTANT ROW") { return false }
        // FTS5 is told what to match (M) or which row (=).
        if let range = step.range(of: "VIRTUAL TABLE INDEX ") {
            return !step[range.upperBound...].contains { $0 == "M" || $0 == "=" }
        }
        return true
    }

    /// A step that looks up in an index what nearly all rows have, or those that have nothing there.
    ///
    /// SQLite takes every equality for a rare one.
    private static func isScanInDisguise(_ step: String, of statement: String) -> Bool {
        guard step.hasPrefix("SEARCH "), let open = step.lastIndex(of: "("), step.hasSuffix(")") else { return false }
        let empty = statement.matches(of: /(\w+) IS NULL/).map { String($0.1) }
        let common = ["visibility", "ecosystem", "state", "status", "role", "kind"] + empty
        return step[step.index(after: open)...].dropLast().components(separatedBy: " AND ").allSatisfy { term in
            common.contains(String(term.prefix { $0.isLetter || $0 == "_" }))
        }
    }

    private static func squeezed(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

extension PlanRules {
    private static let folders = ["Stores", "Search"]

    private static func folder(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Persistence").appending(path: name)
    }

    /// The names of all files with statements that SQLite runs, but for those that read everything.
    static func storeFiles() throws -> Set<String> {
        var found: Set<String> = []
        for name in folders {
            found.formUnion(try FileManager.default.contentsOfDirectory(atPath: folder(name).path))
        }
        return found.filter { !$0.contains("Postgres") }.subtracting(readsEverything)
    }

    /// The beginnings, up to the first value, of the statements in those files' source.
    private static func beginnings(in files: Set<String>) throws -> [(text: String, file: String)] {
        var found: [(String, String)] = []
        for name in folders {
            for file in try FileManager.default.contentsOfDirectory(atPath: folder(name).path)
            where files.contains(file) {
                let source = try String(contentsOf: folder(name).appending(path: file), encoding: .utf8)
                for literal in source.matches(of: /"\s*((?:SELECT|INSERT|UPDATE|DELETE)\s[^"\\]*)/) {
                    let text = squeezed(String(literal.1))
                    if text.contains("pg_notify") { continue }
                    found.append((text, file))
                }
            }
        }
        return found
    }
}
