import Testing

@Suite("Length")
struct LengthTests {
    static let fileLimit = 500
    static let functionLimit = 60

    @Test("A file has at most 500 lines")
    func files() {
        var found: [String: String] = [:]
        for file in SourceTree.shared.all where !file.isGenerated && file.lines.count > Self.fileLimit + 1 {
            found["\(file.path) is too long"] = "\(file.path): \(file.lines.count) lines"
        }
        AllowList.none.check(found, rule: "Split it by type or by topic.")
    }

    @Test("A function has at most 60 lines")
    func functions() {
        var found: [String: String] = [:]
        for file in SourceTree.shared.all where !file.isGenerated {
            for function in file.declarations where function.isFunction {
                let length = function.lastLine - function.line + 1
                guard length > Self.functionLimit else { continue }
                let name = (function.enclosing + [function.name]).joined(separator: ".")
                found["\(name) is too long"] = "\(file.place(function.line)): \(length) lines"
            }
        }
        AllowList.none.check(found, rule: "Name its steps as functions of their own.")
    }
}
