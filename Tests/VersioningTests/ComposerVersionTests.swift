import Testing
import Versioning

@Suite("Composer versions")
struct ComposerVersionTests {
    private let scheme = ComposerScheme()

    @Test(
        "Normal forms",
        arguments: [
            ("1", "1.0.0.0"), ("v1.2.3", "1.2.3.0"), ("1.2.3.4", "1.2.3.4"), ("1.0-RC1", "1.0.0.0-RC1"),
            ("1.0.0b2", "1.0.0.0-beta2"), ("1.0.0-alpha.3.1", "1.0.0.0-alpha3.1"), ("1.0-p1", "1.0.0.0-patch1"),
            ("1.0.0-stable", "1.0.0.0"), ("1.0+build", "1.0.0.0"), ("1.x-dev", "1.9999999.9999999.9999999-dev"),
            ("dev-main", "dev-main"), ("DEV-Feature/X", "dev-Feature/X"), ("master", "dev-master"),
            ("2026-01-31", "2026.01.31"), ("20260131", "20260131"), ("dev-a as 1.0", "dev-a"), ("1.0@beta", "1.0.0.0"),
            ("1.0.0-dev", "1.0.0.0-dev"), ("1.0-beta-dev", "1.0.0.0-beta-dev"), ("1.0.0.", "1.0.0.0"),
        ])
    func normal(text: String, form: String) {
        #expect(ComposerVersion(text)?.normalized == form)
    }

    @Test(
        "Texts that are no versions",
        arguments: [
            "", " ", "a", "1.2.3.4.5", "1234567890123456789012", "1.0.x", "1.0-foo", "1.0 beta", "1.0+a b",
            "feature-dev", "1.0\n2",
            "^1",
            String(repeating: "1", count: 257), "1.0.0-beta--1", "-1", "1..0",
        ])
    func invalid(text: String) {
        #expect(ComposerVersion(text) == nil)
        #expect(scheme.compare(text, "dev-a") < 0)
    }

    @Test("Order")
    func order() {
        let ascending = [
            "dev-a", "dev-b", "1.0-dev", "1.0-alpha1", "1.0-alpha2", "1.0-beta", "1.0-beta1", "1.0-RC1", "1.0",
            "1.0-patch1", "1.0.0.1", "1.0.1", "1.1", "1.9.x-dev", "1.10", "2026.01.31", "dev-master",
        ]
        for (index, left) in ascending.enumerated() {
            for (other, right) in ascending.enumerated() {
                #expect(scheme.compare(left, right).signum() == (index - other).signum(), "\(left) \(right)")
            }
        }
    }

    @Test("Leading zeros make no other version")
    func zeros() {
        for (left, right) in [("1.01", "1.1"), ("1.0.00", "1.0"), ("1.0-beta01", "1.0-beta1"), ("1-b1-2", "1-b1.2")] {
            #expect(scheme.canonical(left) == scheme.canonical(right))
            #expect(scheme.compare(left, right) == 0)
        }
        #expect(scheme.canonical("10.20-rc10") == "10.20.0.0-RC10")
    }

    @Test("Stability")
    func stability() {
        #expect(ComposerVersion("1.0")?.stability == .stable)
        #expect(ComposerVersion("1.0-p1")?.stability == .stable)
        #expect(ComposerVersion("1.0-rc")?.stability == .candidate)
        #expect(ComposerVersion("1.0-b2")?.stability == .beta)
        #expect(ComposerVersion("1.0a1")?.stability == .alpha)
        #expect(ComposerVersion("1.x-dev")?.stability == .dev)
        #expect(ComposerVersion("dev-main")?.stability == .dev)
        #expect(scheme.isPrerelease("1.0-rc") && !scheme.isPrerelease("1.0") && !scheme.isPrerelease("x"))
    }
}

@Suite("Composer constraints")
struct ComposerConstraintTests {
    private func holds(_ constraint: String, _ version: String) throws -> Bool {
        let constraint = try #require(ComposerConstraint(constraint), "\(constraint)")
        return constraint.contains(try #require(ComposerVersion(version)))
    }

    @Test(
        "Versions inside",
        arguments: [
            ("^1.2", "1.9.9"), ("^0.3", "0.3.9"), ("~1.2", "1.9"), ("~1.2.3", "1.2.9"), ("1.2.*", "1.2.0-beta"),
            ("1.0 - 2.0", "2.0.9"), ("1.0 - 2.0.0", "2.0"), (">=1 <2 || ^3", "3.1"), (">=1,<2", "1.5"), ("*", "dev-x"),
            ("@dev", "1.0-dev"), ("dev-main#abc", "dev-main"), ("dev-main as 1.0", "dev-main"), ("!=1.0", "1.1"),
            ("1.0|2.0", "2.0"), ("^1.2@beta", "1.3-beta"), (">=1.0@beta", "1.0-beta"), ("v1.*", "1.5"),
            ("main-dev", "dev-main"), ("~2.x-dev", "2.x-dev"),
        ])
    func inside(constraint: String, version: String) throws {
        #expect(try holds(constraint, version))
    }

    @Test(
        "Versions outside",
        arguments: [
            ("^1.2", "2.0"), ("^1.2", "2.0-dev"), ("^0.3", "0.4"), ("^0.0.3", "0.0.4"), ("~1.2.3", "1.3"),
            ("1.0 - 2.0", "2.1"), ("1.0 - 2.0.0", "2.0.1"), (">1", "dev-x"), ("1.0", "1.0.1"), ("!=1.0", "1.0.0"),
            ("v*", "dev-x"), (">=1,<2", "2.0"),
        ])
    func outside(constraint: String, version: String) throws {
        #expect(try !holds(constraint, version))
    }

    @Test(
        "Texts that are none",
        arguments: [
            "", "|", "1.0 ||", "~>1.0", "^", "~", ">=", "1.2.3.4.5", "foo", "^x", "1.0 -", "${x}", "1.0\t2.0",

            "~1.9999999999999999999.1",
        ])
    func invalid(text: String) {
        #expect(ComposerConstraint(text) == nil)
    }

    @Test("Long runs of spaces and bars take no time")
    func runs() {
        _ = ComposerConstraint(String(repeating: " ", count: 2000) + "," + String(repeating: " ", count: 2000))
        _ = ComposerConstraint("1" + String(repeating: " ", count: 4000) + ",")
        _ = ComposerConstraint(String(repeating: "|", count: 4096))
        #expect(ComposerConstraint(String(repeating: "1 ", count: 2048) + "1") == nil)
    }
}
