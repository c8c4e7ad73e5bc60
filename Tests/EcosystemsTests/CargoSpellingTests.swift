import Testing

@testable import Ecosystems

@Suite("Requirements and platforms in one spelling")
struct CargoSpellingTests {
    @Test(
        "Requirements as cargo writes them",
        arguments: [
            ("1", "^1"), ("0.8", "^0.8"), ("^1.2.3", "^1.2.3"), (" 1.0 ", "^1.0"), ("=0.2.3", "=0.2.3"), ("= 1", "=1"),
            (">=1, <2", ">=1, <2"), (">= 1.0 ,<2", ">=1.0, <2"), ("~1.2", "~1.2"), ("*", "*"), ("1.*", "1.*"),
            ("1.2.x", "1.2.*"), ("1.*.*", "1.*"), ("=1.*", "=1"), (">1.*", ">1"), ("1.0.0-alpha.1", "^1.0.0-alpha.1"),
            ("=1.0.0+build", "=1.0.0"), (">0.0.0", ">0.0.0"),
        ])
    func requirements(text: String, normal: String) {
        #expect(CargoRequirement.normalized(text) == normal)
        #expect(CargoRequirement.normalized(normal) == normal)
    }

    @Test(
        "What is no requirement",
        arguments: [
            "", " ", ",", "1,", ",1", "a", "1.2.3.4", "01", "1.02", ">", ">>1", "^^1", "1 2", "1.*.3", "*.*", "*, 1",
            "1..2",
            "1.2-alpha", "1.*-alpha", "v1", "1.0.0-01", "18446744073709551616", "latest", "1.0.0-\u{0}",
            Array(repeating: "1", count: 33).joined(separator: ","),
        ])
    func noRequirements(text: String) {
        #expect(CargoRequirement.normalized(text) == nil)
    }

    @Test(
        "Platforms as cargo writes them",
        arguments: [
            ("x86_64-pc-windows-msvc", "x86_64-pc-windows-msvc"), ("cfg(unix)", "cfg(unix)"),
            ("cfg(target_os=\"linux\")", "cfg(target_os = \"linux\")"),
            ("cfg( all(unix,windows ,) )", "cfg(all(unix, windows))"),
            ("cfg(not(any(a = \"b c\", d)))", "cfg(not(any(a = \"b c\", d)))"),
        ])
    func platforms(text: String, normal: String) {
        #expect(CargoPlatform.normalized(text) == normal)
        #expect(CargoPlatform.normalized(normal) == normal)
    }

    @Test(
        "What is no platform",
        arguments: [
            "", "a b", "cfg(", "cfg(unix", "cfg(unix))", "cfg(a)b", "cfg(a)(b)", "cfg(\"a)", "cfg(é)", "a\"b",
            "cfg(\"\n\")",
        ])
    func noPlatforms(text: String) {
        #expect(CargoPlatform.normalized(text) == nil)
    }
}
