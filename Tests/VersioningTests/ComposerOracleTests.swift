import HallmarkTesting
import Testing
import Versioning

@Suite("Composer's semver library as oracle", .enabled(if: ComposerPHPOracle.isAvailable))
struct ComposerOracleTests {
    private static func pick(_ choices: [String], _ random: inout SeededGenerator) -> String {
        choices.randomElement(using: &random) ?? ""
    }

    /// A text that often is a version and sometimes only nearly one.
    private static func version(_ random: inout SeededGenerator) -> String {
        func pick(_ choices: [String]) -> String { Self.pick(choices, &random) }
        if Int.random(in: 0..<12, using: &random) == 0 {
            return pick(["dev-", "DEV-", ""])
                + pick(["master", "main", "trunk", "f/x", "1.0", "a#b", "a@dev", "", "é"])
        }
        if Int.random(in: 0..<10, using: &random) == 0 {
            let parts = (0..<Int.random(in: 1...5, using: &random)).map { _ in pick(["01", "12", "1", "123", "31"]) }
            return pick(["", "v"]) + "2026" + parts.map { pick([".", "-", ":", ""]) + $0 }.joined()
                + pick(["", "-beta1", "-dev", "-", ".p1"])
        }
        var text = pick(["", "", "", "v", "V", " "])
        text += pick(["0", "1", "1", "2", "10", "01", "99999", "123456", "1234567", "99999999999999999999"])
        for _ in 0..<Int.random(in: 0..<5, using: &random) {
            text += "." + pick(["0", "0", "1", "2", "10", "00", "x", "X", "*", "9999999", ""])
        }
        if Bool.random(using: &random) {
            let words = [
                "stable", "beta", "b", "RC", "rc", "alpha", "a", "patch", "pl", "p", "Beta", "dev", "foo", "PL",
            ]
            text +=
                pick(["", "-", ".", "_", "--"]) + pick(words) + pick(["", "", "1", ".2", "-3", "01", "1.2", "--1"])
        }
        text += pick(["", "", "", "-dev", ".dev", "dev", "-DEV", "_dev", "."])
        text += pick(["", "", "", "", "+b1", "+a.b", "+", "@dev", "@RC", "@stable", " as 1.0", " as", "#ab"])
        if Int.random(in: 0..<30, using: &random) == 0, let index = text.indices.randomElement(using: &random) {
            text.remove(at: index)
        }
        return text
    }

    private static func constraint(_ random: inout SeededGenerator) -> String {
        func pick(_ choices: [String]) -> String { Self.pick(choices, &random) }
        var text = ""
        for index in 0..<Int.random(in: 1...3, using: &random) {
            if index > 0 {
                text += pick([" ", ",", ", ", " || ", "|", " | ", "||", "  ", " ,", " - ", "- ", " -", ",,"])
            }
            let operators = [
                "", "", "", "^", "^", "~", "~", ">=", ">=", "<", "<=", ">", "!=", "<>", "=", "==", "~>", ">= ",
            ]
            text += pick(operators)
            let usual = [
                "0", "1", "1.2", "0.3", "0.0.3", "1.2.3", "1.*", "1.2.x", "*", "x.x", "v1.*", "2.0-beta1", "1.5-RC1",
            ]
            text += Bool.random(using: &random) ? pick(usual) : version(&random)
            text += pick(["", "", "", "", "@beta", "@dev", "@Dev", "-dev", ".x-dev", " as 1.0", "#abc"])
        }
        return text
    }

    @Test("Thousands of spellings have the same normal form and stability")
    func normalForms() throws {
        var random = SeededGenerator(seed: 332)
        let texts = (0..<20_000).map { _ in Self.version(&random) }
        let answers = try ComposerPHPOracle.ask(texts.map { "read\t\($0)" })
        try #require(answers.count == texts.count)
        var valid = 0
        for (text, answer) in zip(texts, answers) {
            let version = ComposerVersion(text)
            let made = version.map { "\($0.normalized)|\($0.stability.rawValue)" } ?? "invalid"
            #expect(made == answer, "\(text.debugDescription)")
            valid += version == nil ? 0 : 1
        }
        #expect(valid > 5_000)
        #expect(texts.count - valid > 5_000)
    }

    @Test("Thousands of pairs are ordered alike")
    func orders() throws {
        var random = SeededGenerator(seed: 333)
        let texts = (0..<24_000).map { _ in Self.version(&random) }.filter { ComposerVersion($0) != nil }
        let pairs = zip(texts, texts.dropFirst()).map { ($0, $1) }
        let answers = try ComposerPHPOracle.ask(pairs.map { "order\t\($0)\t\($1)" })
        try #require(answers.count == pairs.count)
        let scheme = ComposerScheme()
        for ((left, right), answer) in zip(pairs, answers) {
            let order = scheme.compare(left, right).signum()
            #expect(scheme.compare(right, left).signum() == -order, "\(left) \(right)")
            #expect((order == 0) == (scheme.canonical(left) == scheme.canonical(right)), "\(left) \(right)")
            // Composer does not order two branches.
            let branches = [left, right].filter { ComposerVersion($0)?.isBranch == true }
            if branches.count == 2 { continue }
            #expect(String(order) == answer, "\(left.debugDescription) \(right.debugDescription)")
        }
    }

    @Test("Thousands of constraints are read and hold alike")
    func constraints() throws {
        var random = SeededGenerator(seed: 334)
        let versions = [
            "0.0.3", "0.3.5", "0.9", "1.0", "1.0-beta", "1.0-dev", "1.2", "1.2.3", "1.2.9", "1.5-RC1", "1.9.x-dev",
            "2.0",
            "2.0-beta1", "2.0-dev", "3", "dev-main", "dev-master", "dev-f/x", "2026.01.12", "99999.1", "0",
        ]
        let samples = (0..<30_000).map { _ in
            (versions.randomElement(using: &random) ?? "1", Self.constraint(&random))
        }
        let answers = try ComposerPHPOracle.ask(samples.map { "holds\t\($0)\t\($1)" })
        try #require(answers.count == samples.count)
        var counts: [String: Int] = [:]
        for ((text, constraint), answer) in zip(samples, answers) {
            let version = try #require(ComposerVersion(text))
            let made = ComposerConstraint(constraint).map { String($0.contains(version)) } ?? "invalid"
            // Numbers that PHP turns into fractions are refused here.
            if made == "invalid", constraint.contains("9999999999999999") { continue }
            #expect(made == answer, "\(constraint.debugDescription) \(text)")
            counts[made, default: 0] += 1
        }
        for answer in ["true", "false", "invalid"] { #expect(counts[answer, default: 0] > 2_000) }
    }
}
