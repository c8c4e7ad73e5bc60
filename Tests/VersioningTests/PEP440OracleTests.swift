import Foundation
import HallmarkTesting
import Testing
import Versioning

@Suite("PEP 440 against the packaging library and real version orders")
struct PEP440OracleTests {
    private static let hasPackaging = PythonOracle.runs("import packaging.version, packaging.utils")
    private let scheme = PEP440Scheme()

    /// Makes a text that often is a version and sometimes only nearly one.
    private static func text(_ random: inout SeededGenerator) -> String {
        func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
        func number() -> String {
            pick(["", "0", "1", "2", "00", "01", "10", "9", "20260102", "18446744073709551616"])
        }
        func separator() -> String { pick(["", "", ".", "-", "_"]) }
        var out = pick(["", "", "", "", "v", "V", " ", "vv"])
        if Int.random(in: 0..<6, using: &random) == 0 { out += number() + "!" }
        out += pick(["0", "1", "1", "2", "00", "3", "x"])
        for _ in 0..<Int.random(in: 0..<4, using: &random) { out += "." + pick(["0", "0", "1", "10", "007", ""]) }
        if Bool.random(using: &random) {
            let words = ["a", "b", "c", "rc", "alpha", "beta", "pre", "preview", "RC", "Alpha", "previe", "al"]
            out += separator() + pick(words) + separator() + number()
        }
        if Bool.random(using: &random) {
            out += pick([
                "-" + number(), separator() + pick(["post", "rev", "r", "Post", "re"]) + separator() + number(),
            ])
        }
        if Bool.random(using: &random) { out += separator() + pick(["dev", "DEV", "de"]) + separator() + number() }
        if Int.random(in: 0..<3, using: &random) == 0 {
            out += "+" + pick(["abc", "1", "01", "a1", "Ubuntu", ""]) + pick(["", ".1", "-x", "_9", "..", ".a-b"])
        }
        if Int.random(in: 0..<40, using: &random) == 0, let index = out.indices.randomElement(using: &random) {
            out.remove(at: index)
        }
        return out + pick(["", "", "", "", " ", "\t", "."])
    }

    @Test("Thousands of spellings are read, normalised and ordered alike", .enabled(if: hasPackaging))
    func packaging() throws {
        var random = SeededGenerator(seed: 440)
        let texts = (0..<12_000).map { _ in Self.text(&random) }
        let script = """
            import sys
            from packaging.version import Version, InvalidVersion
            from packaging.utils import canonicalize_version
            last = None
            for line in sys.stdin.read().split("\\n")[:-1]:
                try:
                    version = Version(line)
                except InvalidVersion:
                    print("-")
                    continue
                order = "" if last is None else (version > last) - (version < last)
                print(version, canonicalize_version(version), version.is_prerelease, order, sep="|")
                last = version
            """
        let answers = try PythonOracle.run(script, input: texts.map { $0 + "\n" }.joined())
            .split(separator: "\n").map(String.init)
        try #require(answers.count == texts.count)
        var last: String?
        var valid = 0
        for (text, answer) in zip(texts, answers) {
            guard answer != "-" else {
                #expect(scheme.canonical(text) == nil, "\(text.debugDescription) is no version")
                continue
            }
            valid += 1
            let order = last.map { String(scheme.compare(text, $0).signum()) } ?? ""
            let made =
                "\(PEP440Version(text)?.normalized ?? "-")|\(scheme.canonical(text) ?? "-")|"
                + "\(scheme.isPrerelease(text) ? "True" : "False")|\(order)"
            #expect(made == answer, "\(text.debugDescription) after \(last ?? "nothing")")
            last = text
        }
        // Both kinds must really occur, or the comparison shows little.
        #expect(valid > 2_000)
        #expect(texts.count - valid > 1_000)
    }

    private static let vectors: [URL] = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appendingPathComponent("../shared/vectors/advisories/version-order").standardizedFileURL
        return ["pypi-versions.txt", "pypi-versions-generated.txt"].map { folder.appendingPathComponent($0) }
            .filter { FileManager.default.fileExists(atPath: $0.path) }
    }()

    @Test("Orders seen in real projects", .enabled(if: !vectors.isEmpty), arguments: vectors)
    func realOrders(file: URL) throws {
        var checked = 0
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("//") {
            let fields = line.split(separator: " ").map(String.init)
            // Spellings that PEP 440 refuses are in the files too; their place is this scheme's own business.
            guard fields.count == 3, PEP440Version(fields[0]) != nil, PEP440Version(fields[2]) != nil else { continue }
            let expected = try #require(["<": -1, "=": 0, ">": 1][fields[1]])
            #expect(scheme.compare(fields[0], fields[2]).signum() == expected, "\(line)")
            #expect(scheme.compare(fields[2], fields[0]).signum() == -expected, "\(line)")
            checked += 1
        }
        #expect(checked > 5)
    }
}
