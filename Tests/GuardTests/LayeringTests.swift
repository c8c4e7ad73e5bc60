import Testing

@Suite("Layering")
struct LayeringTests {
    /// The targets from the bottom up; a target imports what is on an earlier line, or to its left on its own.
    static let levels: [[String]] = [
        ["RegistryModel"],
        ["Versioning", "Archives", "Formats", "TransparencyLog", "UpdateFramework", "Advisories", "Attestation"],
        ["Persistence", "Blobs", "Outbound"],
        ["Accounts", "Screening", "Publishing", "Response"],
        ["HTTPSupport", "Ecosystems", "API", "WebUI"],
        ["Client", "Probing", "HallmarkServer", "hallmark", "Growth", "hallmark-fuzz"],
    ]
    /// The level of storage, which the level of HTTP never imports.
    static let storage = 2
    /// The level from which on HTTP is known.
    static let http = 4

    /// Foreign modules and the only targets that import them; a C library belongs to one folder.
    static let fences: [String: Set<String>] = [
        "CArchive": ["Archives"], "CArgon2": ["Accounts"], "CBlake2": ["Formats"], "CCurl": ["Outbound"],
        "CExpat": ["Formats"], "CFido2": ["Accounts"], "CMarkdown": ["WebUI"], "CQRencode": ["Accounts"],
        "CPostgres": ["Persistence"], "CRNP": ["Formats"], "CScheduling": ["RegistryModel"], "CUnbound": ["Outbound"],
        "CZlib": ["Archives", "HTTPSupport"],
        "GRDB": ["Persistence"], "GRDBSQLite": ["Persistence"], "Mustache": ["WebUI"],
        "ArgumentParser": ["hallmark"], "Configuration": ["HallmarkServer", "hallmark"],
        "ServiceLifecycle": ["HTTPSupport", "HallmarkServer"],
        "NIOSSL": ["HTTPSupport", "Outbound", "Client"], "X509": ["HTTPSupport", "Client"],
        "AsyncHTTPClient": ["HallmarkServer"],
    ]

    /// Modules that a pure target never imports: those with sockets, files, threads or a log.
    static let impure = ["NIO", "Logging", "Hummingbird", "GRDB", "HTTP"]

    static let exceptions = AllowList.none

    @Test("A target imports only what is below it or to its left")
    func targets() {
        var found: [String: String] = [:]
        for file in SourceTree.shared.sources {
            guard let own = Self.position(file.target) else { continue }
            for module in file.imports where module != file.target {
                guard let other = Self.position(module) else { continue }
                let isBelow = other.level < own.level || (other.level == own.level && other.column < own.column)
                let isForbidden = own.level == Self.http && other.level == Self.storage
                if !isBelow || isForbidden { found["\(file.target) imports \(module)"] = file.path }
            }
        }
        Self.exceptions.check(found, rule: "A target imports what is below it, or to its left on its own line.")
    }

    @Test("Every target has a level")
    func unknownTargets() {
        let known = Set(Self.levels.joined()).union(["HallmarkTesting", "System"])
        let unknown = Set(SourceTree.shared.sources.map(\.target)).subtracting(known)
        #expect(unknown.isEmpty, "Give each new target its place in LayeringTests.levels.")
    }

    @Test("Only tests import HallmarkTesting")
    func testSupport() {
        let importers = SourceTree.shared.sources.filter { $0.imports.contains("HallmarkTesting") }.map(\.path)
        #expect(importers.isEmpty)
    }

    @Test("Foreign modules stay behind the target that wraps them")
    func foreignModules() {
        var found: [String: String] = [:]
        for file in SourceTree.shared.sources where file.target != "HallmarkTesting" {
            for module in file.imports {
                if let allowed = Self.fences[module], !allowed.contains(file.target) {
                    found["\(file.target) imports \(module)"] = file.path
                }
                if module.hasPrefix("Hummingbird"), let own = Self.position(file.target), own.level < Self.http {
                    found["\(file.target) imports \(module)"] = file.path
                }
            }
        }
        AllowList.none.check(found, rule: "Another target wraps this module; use what it offers.")
    }

    @Test("Levels 1 and 2 know no clock, network, disk or log")
    func purity() {
        let calls = [
            "Date()", "Date.now", "ContinuousClock", "SuspendingClock", "FileManager", "URLSession", "FileHandle",
        ]
        var found: [String: String] = [:]
        for file in SourceTree.shared.sources {
            guard let own = Self.position(file.target), own.level < Self.storage else { continue }
            for module in file.imports where Self.impure.contains(where: module.hasPrefix) {
                found["\(file.target) imports \(module)"] = file.path
            }
            for (index, line) in file.code.enumerated() {
                for call in calls where line.contains(call) {
                    found["\(file.target) uses \(call)"] = file.place(index + 1)
                }
            }
        }
        AllowList.none.check(found, rule: "What is pure takes the time, the bytes and the answer as a value.")
    }

    private static func position(_ target: String) -> (level: Int, column: Int)? {
        for (level, names) in levels.enumerated() {
            if let column = names.firstIndex(of: target) { return (level, column) }
        }
        return nil
    }
}
