import Testing

/// docs/threat-model.md names the test that shows each mitigation, as `Area/File "name of the test"`.
@Suite("docs/threat-model.md")
struct ThreatModelTests {
    @Test("Every test that the threat model names is there")
    func tests() throws {
        let tree = SourceTree.shared
        let text = try #require(tree.text("docs/threat-model.md"))
        let references = text.matches(of: /([A-Za-z]+Tests)\/([A-Za-z+]+) "([^"]+)"/)
        #expect(references.count > 60)
        var missing: [String: String] = [:]
        for reference in references {
            let (_, area, file, name) = reference.output
            let sources = tree.tests.filter {
                $0.path.hasPrefix("Tests/\(area)/") && $0.path.hasSuffix("/\(file).swift")
            }
            let isThere = sources.contains { source in source.lines.contains { $0.contains("\"\(name)") } }
            if !isThere { missing["\(area)/\(file) \"\(name)\""] = "docs/threat-model.md" }
        }
        AllowList.none.check(missing, rule: "Name the test as it is called now, or write it.")
    }

    @Test("Every mitigation is shown by a test")
    func mitigations() throws {
        let text = try #require(SourceTree.shared.text("docs/threat-model.md"))
        var bare: [String: String] = [:]
        for line in text.split(separator: "\n") where line.firstMatch(of: /^\| [A-Z]+-[0-9]+ \|/) != nil {
            if line.firstMatch(of: /[A-Za-z]+Tests\/[A-Za-z+]+ "/) == nil {
                bare[String(line.prefix(40))] = "docs/threat-model.md"
            }
        }
        AllowList.none.check(bare, rule: "Name the test that shows it, or say it among the remaining risks.")
    }
}
