import Testing

@Suite("Literals in the right place")
struct LiteralTests {
    /// The ids of all ecosystems there are or will be.
    static let ecosystems: Set<String> = ["swift", "cargo", "pypi", "npm", "composer", "maven"]
    /// The targets below level 5.
    static let lower = Set(LayeringTests.levels.prefix(LayeringTests.http).joined())
    /// What begins an SQL statement.
    static let statements = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "WITH", "PRAGMA", "BEGIN", "SAVEPOINT",
    ]

    @Test("No ecosystem id is a literal below level 5")
    func ecosystemIDs() {
        var found: [String: String] = [:]
        for file in SourceTree.shared.sources where Self.lower.contains(file.target) {
            for literal in file.literals where Self.ecosystems.contains(literal.text) {
                found["\(file.path) names \"\(literal.text)\""] = file.place(literal.line)
            }
        }
        AllowList.none.check(found, rule: "Below level 5 an ecosystem is a value that is handed in.")
    }

    @Test("No SQL statement outside Persistence")
    func statementsOutsidePersistence() {
        var found: [String: String] = [:]
        // What tests share looks at rows where no use case does.
        for file in SourceTree.shared.sources where !["Persistence", "HallmarkTesting"].contains(file.target) {
            for literal in file.literals where Self.isStatement(literal.text) {
                found["\(file.path) holds an SQL statement"] = file.place(literal.line)
            }
        }
        AllowList.none.check(found, rule: "Only Persistence speaks SQL; add a store or a method to one.")
    }

    @Test("Ecosystem folders do not name each other")
    func ecosystemFolders() {
        let files = SourceTree.shared.sources.filter { $0.target == "Ecosystems" }
        let folders = Dictionary(grouping: files) { file in
            let parts = file.path.split(separator: "/")
            return parts.count > 3 ? String(parts[2]) : ""
        }.filter { !$0.key.isEmpty }
        let declared = folders.mapValues { files in
            Set(files.flatMap(\.declarations).filter { $0.isType && !$0.isLocal }.map(\.name))
        }
        var found: [String: String] = [:]
        for (folder, files) in folders {
            for (other, names) in declared where other != folder {
                let foreign = names.subtracting(declared[folder] ?? []).union([other])
                for file in files {
                    for (index, line) in file.code.enumerated() {
                        for word in Self.words(line) where foreign.contains(word) {
                            found["\(folder) names \(word) of \(other)"] = file.place(index + 1)
                        }
                    }
                }
            }
        }
        AllowList.none.check(found, rule: "What two ecosystems share belongs to Formats, HTTPSupport or RegistryModel.")
    }

    private static func isStatement(_ text: String) -> Bool {
        let trimmed = text.drop { $0.isWhitespace }
        return statements.contains { trimmed.hasPrefix($0) && trimmed.dropFirst($0.count).first?.isWhitespace == true }
    }

    private static func words(_ line: String) -> [String] {
        line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
    }
}
