import Testing
import Versioning

@Suite("Maven versions")
struct MavenVersionTests {
    private let scheme = MavenScheme()

    @Test(
        "Spellings of one version",
        arguments: [
            ["1", "1.0", "1.0.0", "1-0", "1.ga", "1-final", "1.0-RELEASE", "1.0.GA", "01", "1."],
            ["1-alpha-1", "1a1", "1.0-alpha1", "1-ALPHA-1", "1.0.0-a1"], ["1-rc-2", "1-cr2", "1.0.RC2"],
            ["1-SNAPSHOT", "1.0-snapshot"], ["0", "0.0", "ga", "final"], ["1.m2", "1-milestone-2"],
        ])
    func equal(spellings: [String]) {
        for spelling in spellings {
            #expect(scheme.compare(spellings[0], spelling) == 0, "\(spelling)")
            #expect(MavenVersion(spelling) == MavenVersion(spellings[0]), "\(spelling)")
            #expect(scheme.canonical(spelling) == spelling)
        }
    }

    @Test("The documented order")
    func order() {
        let ascending = [
            "1-alpha-1", "1-alpha2", "1-beta", "1-m1", "1-rc1", "1-SNAPSHOT", "1", "1-sp", "1-abc", "1-xyz", "1-1",
            "1-2", "1.1-alpha", "1.1", "1.2", "1.10", "2", "99999999999999999999", "100000000000000000000",
        ]
        for (index, left) in ascending.enumerated() {
            for (other, right) in ascending.enumerated() {
                #expect(scheme.compare(left, right).signum() == (index - other).signum(), "\(left) \(right)")
            }
        }
    }

    @Test(
        "Texts that are no versions",
        arguments: [
            "", " ", "1 0", "1/0", "1\\0", "1:0", "[1]", "1,2", "${revision}", "1\n", "1é", "1\u{0}", "a|b", "1*",
            String(repeating: "1", count: 257),
        ])
    func invalid(text: String) {
        #expect(scheme.canonical(text) == nil)
        #expect(scheme.compare(text, "0-alpha") < 0)
        #expect(!scheme.isPrerelease(text))
    }

    @Test("Qualifiers before a release make a pre-release")
    func prereleases() {
        for text in ["1-SNAPSHOT", "1.0-alpha-1", "1.0b2", "2.0.M1", "1.0-rc", "1-cr1-x"] {
            #expect(scheme.isPrerelease(text), "\(text)")
        }
        for text in ["1", "1.0.Final", "1-sp1", "31-jre", "1.0-1", "1-alphabet"] {
            #expect(!scheme.isPrerelease(text), "\(text)")
        }
    }

    @Test("A long chain of lists is compared in bounded depth")
    func chain() {
        let text = String(repeating: "1-", count: 127) + "1"
        #expect(scheme.compare(text, text) == 0)
        #expect(scheme.compare(text, text + "a") < 0)
    }
}

@Suite("Maven version ranges")
struct MavenRangeTests {
    private func holds(_ range: String, _ version: String) throws -> Bool {
        let range = try #require(MavenRange(range), "\(range)")
        return range.contains(try #require(MavenVersion(version)))
    }

    @Test("What ranges hold")
    func ranges() throws {
        #expect(try holds("[1.0,2.0)", "1.0.0"))
        #expect(try holds("[1.0,2.0)", "1.9"))
        #expect(try !holds("[1.0,2.0)", "2.0"))
        #expect(try holds("[1.0,2.0)", "2.0-alpha"))
        #expect(try holds("(,1.0],[1.2,)", "3"))
        #expect(try !holds("(,1.0],[1.2,)", "1.1"))
        #expect(try holds("[1.5]", "1.5.0"))
        #expect(try holds("[1,]", "1"))
        #expect(try holds(" [ 1 , 2 ] ", "2"))
        #expect(try holds("1.0", "99"))
    }

    @Test("A plain version is a recommendation")
    func recommendation() {
        #expect(MavenRange("1.0")?.recommended == "1.0")
        #expect(MavenRange("[1.0]")?.recommended == nil)
    }

    @Test(
        "Ranges that are none",
        arguments: [
            "", "[", "[1", "1]", "[2,1]", "(1)", "(1,1)", "[1,1)", "[1,3],[2,4]", "[1,2]x", "[1,2,3]", "[]", "a b",
            "${version}", "[1,${x}]",
        ])
    func invalid(text: String) {
        #expect(MavenRange(text) == nil)
    }
}
