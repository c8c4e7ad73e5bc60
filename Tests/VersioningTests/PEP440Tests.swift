import Testing
import Versioning

@Suite("PEP 440 versions")
struct PEP440Tests {
    private let scheme = PEP440Scheme()

    @Test(
        "Spellings are normalised",
        arguments: [
            ("1.0", "1.0"), ("v1.0", "1.0"), (" V1.0\n", "1.0"), ("01.002", "1.2"), ("0!1.0", "1.0"),
            ("1!2.0", "1!2.0"), ("1.0ALPHA", "1.0a0"), ("1.0-beta-2", "1.0b2"), ("1.0_c3", "1.0rc3"),
            ("1.0.preview.4", "1.0rc4"), ("1.0pre", "1.0rc0"), ("1.0-1", "1.0.post1"), ("1.0rev", "1.0.post0"),
            ("1.0r7", "1.0.post7"), ("1.0-post", "1.0.post0"), ("1.0dev", "1.0.dev0"), ("1.0_DEV_09", "1.0.dev9"),
            ("1.0a1.post2.dev3+Ab-01_x", "1.0a1.post2.dev3+ab.1.x"), ("1.0a-", "1.0a0"), ("1.0a--1", "1.0a0.post1"),
            ("99999999999999999999999999999", "99999999999999999999999999999"),
        ])
    func normalisation(spelling: String, normalized: String) {
        #expect(PEP440Version(spelling)?.normalized == normalized)
    }

    @Test(
        "What is no version",
        arguments: [
            "", " ", "v", "a", "1.", ".1", "1..2", "1.0+", "1.0+a+b", "1.0+a..b", "1.0+é", "1!", "!1", "1!2!3", "1.0-",
            "1.0-a-b", "1.0rc1rc2", "1.0post1post2", "1.0.dev1.dev2", "1.0.dev1a1", "1 .0", "v 1", "1.0\u{0}", "１.0",
            "latest", "1.x", "1.0al", String(repeating: "1", count: 257),
        ])
    func invalid(text: String) {
        #expect(PEP440Version(text) == nil)
        #expect(scheme.canonical(text) == nil)
        #expect(!scheme.isPrerelease(text))
    }

    @Test("Trailing zeros of the release do not count, other parts do")
    func canonicalForm() {
        #expect(scheme.canonical("1.0.0") == "1")
        #expect(scheme.canonical("0.0") == "0")
        #expect(scheme.canonical("1.10.0.post0") == "1.10.post0")
        #expect(scheme.canonical("2!0.0rc0+0.0") == "2!0rc0+0.0")
        #expect(scheme.compare("1.0", "1.0.0.0") == 0)
        #expect(scheme.compare("1.0", "1.0.post0") < 0)
    }

    @Test("The order of the specification")
    func order() {
        let ordered = [
            "0.9", "1.dev0", "1.0.dev456", "1.0a1.dev1", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12",
            "1.0b1.dev456", "1.0b2", "1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0",
            "1.0+abc.5", "1.0+abc.7", "1.0+5", "1.0+5.0", "1.0.post456.dev34", "1.0.post456", "1.0.15", "1.1.dev1",
            "1.18446744073709551616", "1!0.1",
        ]
        for (index, left) in ordered.enumerated() {
            for (other, right) in ordered.enumerated() {
                #expect(scheme.compare(left, right).signum() == (index - other).signum(), "\(left) and \(right)")
            }
        }
    }

    @Test("Texts that are no versions come first, in the order of their bytes")
    func invalidOrder() {
        #expect(scheme.compare("zzz", "0.dev0") < 0)
        #expect(scheme.compare("0.dev0", "zzz") > 0)
        #expect(scheme.compare("abc", "abd") < 0)
        #expect(scheme.compare("abc", "abc") == 0)
    }

    @Test("Pre-releases and development releases are left out unless asked for")
    func prereleases() {
        #expect(scheme.isPrerelease("1.0rc1"))
        #expect(scheme.isPrerelease("1.0.post1.dev2"))
        #expect(!scheme.isPrerelease("1.0.post1"))
        #expect(!scheme.isPrerelease("1.0+dev"))
        #expect(PEP440Version("1.0+dev")?.isLocal == true)
        #expect(PEP440Version("1.0")?.isLocal == false)
    }
}
