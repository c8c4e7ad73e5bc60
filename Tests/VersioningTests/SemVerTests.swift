import RegistryModel
import Testing
import Versioning

@Suite("Semantic versions")
struct SemVerTests {
    private let scheme = SemVerScheme()

    @Test(
        "Well-formed versions are read and written back",
        arguments: [
            "0.0.4", "1.2.3", "10.20.30", "1.1.2-prerelease+meta", "1.1.2+meta", "1.0.0-alpha.0valid",
            "1.0.0-0A.is.legal",
            "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay", "2.0.0+build.1848", "1.0.0--",
            "1.0.0----R-S.12.9.1--.12",
            "1.0.0+0.build.1-rc.10000aaa-kk-0.1", "18446744073709551615.0.0", "1.0.0-99999999999999999999999",
            "1.0.0+001",
        ])
    func wellFormed(text: String) throws {
        let version = try #require(SemVer(text))
        #expect(version.description == text)
        #expect(scheme.canonical(text) == text.split(separator: "+").first.map(String.init))
        #expect(scheme.isPrerelease(text) == version.withoutBuild.contains("-"))
    }

    @Test(
        "Everything else is no version",
        arguments: [
            "", "1", "1.2", "1.2.3.4", "v1.2.3", " 1.2.3", "1.2.3 ", "1.2.3\n", "01.2.3", "1.02.3", "1.2.03", "1.2.3-",
            "1.2.3+",
            "1.2.3-01", "1.2.3-a.01", "1.2.3-a..b", "1.2.3-.a", "1.2.3-a.", "1.2.3+a..b", "1.2.3+a+b", "1.2.3-ä",
            "1.2.3-a_b",
            "-1.2.3", "+1.2.3", "1.-2.3", "1..3", ".2.3", "18446744073709551616.0.0", "1.2.x", "1.2.3-\u{0}", "１.2.3",
            "1.0.0-" + String(repeating: "a", count: 251),
        ])
    func malformed(text: String) {
        #expect(SemVer(text) == nil)
        #expect(scheme.canonical(text) == nil)
        #expect(!scheme.isPrerelease(text))
    }

    @Test("The specification's own orders")
    func order() {
        let ascending = [
            "no version", "not one either", "0.0.0-0", "0.0.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
            "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-beta.99999999999999999999",
            "1.0.0-beta.100000000000000000000", "1.0.0-rc.1", "1.0.0", "2.0.0", "2.1.0", "2.1.1", "10.0.0",
        ]
        for (left, lower) in ascending.enumerated() {
            for (right, upper) in ascending.enumerated() {
                #expect(scheme.compare(lower, upper).signum() == (left - right).signum(), "\(lower) \(upper)")
            }
        }
    }

    @Test("Build metadata is kept but neither orders nor tells apart")
    func build() throws {
        #expect(scheme.compare("1.0.0+a", "1.0.0+b") == 0)
        #expect(scheme.canonical("1.0.0-a.1+b") == "1.0.0-a.1")
        #expect(try #require(SemVer("1.0.0+a")) != #require(SemVer("1.0.0+b")))
        #expect(SemVer("1.0.0+a.b")?.build == ["a", "b"])
    }

    @Test("A total order on random texts, and canonical forms that are their own")
    func laws() {
        let texts = SemVerSamples.random(count: 70, seed: 11)
        for left in texts {
            if let canonical = scheme.canonical(left) {
                #expect(scheme.canonical(canonical) == canonical)
                #expect(scheme.compare(left, canonical) == 0)
            }
            #expect(scheme.compare(left, left) == 0)
            for right in texts {
                let order = scheme.compare(left, right).signum()
                #expect(order == -scheme.compare(right, left).signum(), "\(left) \(right)")
                guard order <= 0 else { continue }
                for third in texts.prefix(30) where scheme.compare(right, third) <= 0 {
                    #expect(scheme.compare(left, third) <= 0, "\(left) \(right) \(third)")
                }
            }
        }
    }
}
