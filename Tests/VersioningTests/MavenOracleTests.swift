import HallmarkTesting
import Testing
import Versioning

@Suite("Maven's own classes as oracle", .enabled(if: MavenJavaOracle.isAvailable))
struct MavenOracleTests {
    private static func version(_ random: inout SeededGenerator) -> String {
        func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
        var text = ""
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            text += pick([
                "0", "1", "1", "2", "10", "007", "00", "2147483648", "9223372036854775808", "a", "b", "m", "alpha",
                "beta", "RC", "cr", "snapshot", "ga", "final", "Release", "sp", "x", "jre", "milestone", "SP", "z_+~",
            ])
            text += pick([".", ".", "-", "-", "", "", "--", "..", "+", "_"])
        }
        return text.isEmpty ? "1" : text
    }

    private static func range(_ random: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            text += ["[", "[", "("].randomElement(using: &random) ?? ""
            text += ["", "1", "1.0", "2", "2-rc", "3 ", " 4"].randomElement(using: &random) ?? ""
            text += [",", ",", ",", ""].randomElement(using: &random) ?? ""
            text += ["", "1", "1.5", "2", "3", "4", "5"].randomElement(using: &random) ?? ""
            text += ["]", "]", ")", ""].randomElement(using: &random) ?? ""
            text += ["", ",", ", ", " "].randomElement(using: &random) ?? ""
        }
        return text
    }

    @Test("Thousands of pairs are ordered and equal alike")
    func orders() throws {
        var random = SeededGenerator(seed: 387)
        var texts = (0..<16_000).map { _ in Self.version(&random) }
        // Neighbours that are nearly the same decide more than unrelated ones.
        for index in stride(from: 1, to: texts.count, by: 2) where Bool.random(using: &random) {
            let end = [".0", "-0", "-ga", ".final", "a", "1", "-1", ".x", "-sp", "-rc"].randomElement(using: &random)
            texts[index] = texts[index - 1] + (end ?? "")
        }
        let pairs = stride(from: 0, to: texts.count - 1, by: 1).map { (texts[$0], texts[$0 + 1]) }
        let answers = try MavenJavaOracle.ask(pairs.map { "order\t\($0)\t\($1)" })
        try #require(answers.count == pairs.count)
        let scheme = MavenScheme()
        var equal = 0
        for ((left, right), answer) in zip(pairs, answers) {
            let order = scheme.compare(left, right).signum()
            let isEqual = MavenVersion(left) == MavenVersion(right)
            #expect("\(order) \(isEqual)" == answer, "\(left) \(right)")
            #expect(scheme.compare(right, left).signum() == -order, "\(left) \(right)")
            equal += order == 0 ? 1 : 0
        }
        #expect(equal > 1_000)
    }

    @Test("The canonical form is read as the same version")
    func canonical() throws {
        var random = SeededGenerator(seed: 388)
        for _ in 0..<4_000 {
            let text = Self.version(&random)
            let version = try #require(MavenVersion(text))
            #expect(MavenVersion(version.description) == version, "\(text) as \(version)")
            #expect(MavenVersion(version.description)?.description == version.description, "\(text)")
        }
    }

    @Test("Thousands of ranges are read and hold alike")
    func ranges() throws {
        var random = SeededGenerator(seed: 389)
        let versions = ["0.9", "1", "1.2", "1.5.0", "2-rc", "2", "2.1", "3", "4", "4-alpha", "6"]
        let samples = (0..<6_000).map { _ in (Self.range(&random), versions.randomElement(using: &random) ?? "1") }
        let answers = try MavenJavaOracle.ask(samples.map { "range\t\($0)\t\($1)" })
        try #require(answers.count == samples.count)
        var valid = 0
        for ((text, version), answer) in zip(samples, answers) {
            let range = MavenRange(text)
            // Maven reads what is empty or a list as a version, too; here it is none.
            let isLenient = text.split(omittingEmptySubsequences: false) { "[(])".contains($0) }
                .contains { $0.filter { $0 == "," }.count > 1 || $0.allSatisfy(\.isWhitespace) }
            if range == nil, isLenient { continue }
            let made = try range.map { try "null \($0.contains(#require(MavenVersion(version))))" } ?? "invalid"
            #expect(made == answer, "\(text) \(version)")
            valid += range == nil ? 0 : 1
        }
        #expect(valid > 1_000)
    }
}
