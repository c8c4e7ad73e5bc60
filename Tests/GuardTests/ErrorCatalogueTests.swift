import Testing

@Suite("docs/errors.md")
struct ErrorCatalogueTests {
    @Test("It explains every Problem code, and no other")
    func codes() throws {
        let tree = SourceTree.shared
        let problem = try #require(tree.sources.first { $0.path == "Sources/RegistryModel/Problem.swift" })
        let codes = Set(
            problem.declarations.filter { $0.kind == "case" }.compactMap { declaration in
                problem.literals.first { $0.line == declaration.line }?.text
            })
        #expect(codes.count > 40)
        let text = try #require(tree.text("docs/errors.md"))
        let explained = text.split(separator: "\n").filter { $0.hasPrefix("### `") }.map { line in
            String(line.dropFirst(5).prefix { $0 != "`" })
        }
        #expect(codes.subtracting(explained).sorted() == [], "docs/errors.md does not explain these codes.")
        #expect(Set(explained).subtracting(codes).sorted() == [], "docs/errors.md explains codes that do not exist.")
        #expect(explained.count == Set(explained).count, "A code is explained twice.")
    }
}
