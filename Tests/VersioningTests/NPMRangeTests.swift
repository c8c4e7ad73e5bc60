import Foundation
import HallmarkTesting
import Testing
import Versioning

@Suite("npm ranges")
struct NPMRangeTests {
    @Test(
        "A range contains a version",
        arguments: [
            ("^1.2.3", "1.9.0"), ("^0.2.3", "0.2.9"), ("^0.0.3", "0.0.3"), ("~1.2.3", "1.2.9"), ("~1", "1.9.9"),
            ("1.x", "1.0.0"), ("*", "3.1.4"), ("", "3.1.4"), ("1.2 - 2.3", "2.3.9"), (">=1 <2 || 3", "3.4.5"),
            (">1.2", "1.3.0"), ("<=1.2", "1.2.9"), ("^1.2.3-beta.1", "1.2.3-beta.2"), ("~> 1.2", "1.2.7"),
            ("= v1.2.3", "1.2.3+build"), ("1.2.3 ||", "7.0.0"), ("^0", "0.9.0"), ("^0.0", "0.0.9"),
        ])
    func contains(range: String, version: String) throws {
        #expect(try #require(NPMRange(range)).contains(try #require(SemVer(version))))
    }

    @Test(
        "A range does not contain a version",
        arguments: [
            ("^1.2.3", "2.0.0"), ("^1.2.3", "2.0.0-alpha"), ("^0.2.3", "0.3.0"), ("^0.0.3", "0.0.4"),
            ("~1.2.3", "1.3.0"), ("1.x", "2.0.0"), ("*", "1.0.0-rc.1"), ("1.2 - 2.3", "2.4.0"), (">1.2", "1.2.9"),
            ("^1.2.3-beta.1", "1.2.4-beta.2"), ("<*", "0.0.0"), (">x", "1.0.0"), ("<1.0.0", "1.0.0-rc.1"),
        ])
    func excludes(range: String, version: String) throws {
        #expect(!(try #require(NPMRange(range)).contains(try #require(SemVer(version)))))
    }

    @Test(
        "What is no range is not taken for one",
        arguments: [
            "latest", "beta", "next-1", "1.2.3.4", "01.2.3", "^", ">", "1.2-beta", "git+https://h/x.git", "> ~1",
            "^>1.2.3", "1.2.3 - ", "==1.2.3", "vv1.2.3", "9007199254740992.x", "^9007199254740991", "1.2.3 foo", "é",
        ])
    func noRange(text: String) {
        #expect(NPMRange(text) == nil)
    }

    @Test("A range longer than the limit is refused")
    func tooLong() {
        #expect(NPMRange(String(repeating: "1 ", count: 3000)) == nil)
    }
}

/// Compares with the `semver` module inside the machine's npm.
@Suite("npm ranges beside npm's own semver", .enabled(if: NPMSemverOracle.isAvailable))
struct NPMRangeOracleTests {
    @Test("Random ranges and versions are judged alike")
    func agreement() throws {
        var random = SeededGenerator(seed: 20_260_611)
        let ranges = (0..<1500).map { _ in RangeText.range(&random) }
        let versions = (0..<60).map { _ in RangeText.version(&random) }
        let verdicts = try NPMSemverOracle.judge(ranges: ranges, versions: versions)
        let parsed = try versions.map { try #require(SemVer($0)) }
        #expect(verdicts.count == ranges.count)
        for (range, expected) in zip(ranges, verdicts) {
            let own = NPMRange(range).map { range in String(parsed.map { range.contains($0) ? "1" : "0" }) }
            #expect((own ?? "invalid") == expected, "\(range)")
        }
    }
}

/// Makes range texts out of npm's grammar, some of them broken.
private enum RangeText {
    static func version(_ random: inout SeededGenerator) -> String {
        let core = (0..<3).map { _ in String(Int.random(in: 0...3, using: &random)) }.joined(separator: ".")
        return Int.random(in: 0..<3, using: &random) == 0 ? core + prerelease(&random) : core
    }

    static func range(_ random: inout SeededGenerator) -> String {
        let count = Int.random(in: 1...3, using: &random)
        return (0..<count).map { _ in alternative(&random) }.joined(separator: pick(["||", " || ", "|| "], &random))
    }

    private static func alternative(_ random: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return partial(&random) + " - " + partial(&random)
        case 1: return pick(["", "*", "latest", "1.2.3.4", ">", "x", "^", "1.2-rc", "01.1.1"], &random)
        default:
            let count = Int.random(in: 1...2, using: &random)
            return (0..<count).map { _ in comparator(&random) }.joined(separator: " ")
        }
    }

    private static func comparator(_ random: inout SeededGenerator) -> String {
        pick(["", "", "^", "~", "~>", ">", "<", ">=", "<=", "=", "> ", "^ ", "~ ", ">= ", "^v", ">=v"], &random)
            + partial(&random)
    }

    private static func partial(_ random: inout SeededGenerator) -> String {
        let count = Int.random(in: 1...3, using: &random)
        let parts = (0..<count).map { _ in
            Int.random(in: 0..<8, using: &random) == 0
                ? pick(["x", "X", "*"], &random) : String(Int.random(in: 0...3, using: &random))
        }
        let core = parts.joined(separator: ".")
        guard count == 3 else { return core }
        return switch Int.random(in: 0..<6, using: &random) {
        case 0: core + prerelease(&random)
        case 1: core + "+build.5"
        default: core
        }
    }

    private static func prerelease(_ random: inout SeededGenerator) -> String {
        pick(["-0", "-alpha", "-alpha.1", "-1.x", "-rc-2"], &random)
    }

    private static func pick(_ texts: [String], _ random: inout SeededGenerator) -> String {
        texts[Int.random(in: 0..<texts.count, using: &random)]
    }
}

/// npm's `semver` module, asked through node.
private enum NPMSemverOracle {
    private static let script = """
        const semver = require(process.argv[1] + '/npm/node_modules/semver');
        const input = JSON.parse(require('fs').readFileSync(0, 'utf8'));
        console.log(JSON.stringify(input.ranges.map(range => {
          try { const r = new semver.Range(range); return input.versions.map(v => r.test(v) ? '1' : '0').join(''); }
          catch { return 'invalid'; }
        })));
        """

    private static let modules: String? = {
        let places = ["/usr/lib/node_modules", "/usr/local/lib/node_modules", "/usr/share/nodejs"]
        return places.first { FileManager.default.fileExists(atPath: $0 + "/npm/node_modules/semver/package.json") }
    }()

    static var isAvailable: Bool { modules != nil && FileManager.default.fileExists(atPath: "/usr/bin/node") }

    static func judge(ranges: [String], versions: [String]) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/node")
        process.arguments = ["-e", script, try #require(modules)]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let question = try JSONEncoder().encode(["ranges": ranges, "versions": versions])
        try input.fileHandleForWriting.write(contentsOf: question)
        try input.fileHandleForWriting.close()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode([String].self, from: answer)
    }
}
