import Testing

@Suite("Words that do not belong")
struct WordTests {
    /// Marks of unfinished work; put together here so that this file does not hold them.
    static let unfinished = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    /// Code that ends the process or skips a check.
    static let traps = ["fatal" + "Error(", "try" + "!", "as" + "!", "unsafeBit" + "Cast("]
    /// The beginnings of paths that exist on one machine only.
    static let places = ["work", "wt", "home", "root", "farm", "Users"].map { "/" + $0 + "/" }

    @Test("No unfinished work")
    func marks() {
        var found: [String: String] = [:]
        for file in SourceTree.shared.all {
            for (index, line) in file.lines.enumerated() {
                for mark in Self.unfinished where Self.holds(line, word: mark) {
                    found["\(file.path) says \(mark)"] = file.place(index + 1)
                }
            }
        }
        AllowList.none.check(found, rule: "Finish it, or write down what is missing in the documents.")
    }

    @Test("No trap on input")
    func trapsInCode() {
        var found: [String: String] = [:]
        for file in SourceTree.shared.all {
            for (index, line) in file.code.enumerated() {
                for trap in Self.traps where line.contains(trap) {
                    found["\(file.path) uses \(trap)"] = file.place(index + 1)
                }
            }
        }
        AllowList.none.check(found, rule: "Throw, or return a value that says no.")
    }

    @Test("Unchecked conformances state their invariant")
    func uncheckedConformances() {
        var found: [String: String] = [:]
        for file in SourceTree.shared.sources {
            for (index, line) in file.code.enumerated() where line.contains("@unchecked Sendable") {
                let above = file.lines[max(0, index - 12)..<index].joined(separator: "\n")
                let isExplained = above.contains("nvariant") || above.contains("nchecked because")
                if !isExplained { found["\(file.path) is unchecked"] = file.place(index + 1) }
            }
        }
        AllowList.none.check(
            found, rule: "Say above it which invariant makes it safe (\"Invariant\" or \"Unchecked because\").")
    }

    @Test("No path of one machine")
    func machinePaths() {
        let tree = SourceTree.shared
        let folders = ["Sources", "Tests", "scripts", "docs", ".ci"]
        let top = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "Makefile", "Package.swift"]
        var found: [String: String] = [:]
        for path in folders.flatMap({ SourceTree.files(below: $0, of: tree.root) }) + top {
            guard let text = tree.text(path) else { continue }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                for place in Self.places where Self.holdsPath(line, place) {
                    found["\(path) names a folder in \(place)"] = "\(path):\(index + 1)"
                }
            }
        }
        AllowList.none.check(found, rule: "The tree is the same wherever it is checked out.")
    }

    private static func holds(_ line: String, word: String) -> Bool {
        line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { $0 == word }
    }

    /// A machine's path begins a word; one in the middle of an address or behind a `~` does not count.
    private static func holdsPath(_ line: Substring, _ place: String) -> Bool {
        var rest = line
        while let range = rest.firstRange(of: place) {
            let before = range.lowerBound == line.startIndex ? " " : line[line.index(before: range.lowerBound)]
            if before.isWhitespace || "\"'`=(:".contains(before) { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }
}
