/// Finds declarations and their extent by counting braces in blanked code.
struct DeclarationFinder {
    /// What was found, in order.
    private(set) var declarations: [Declaration] = []

    /// An open brace.
    private struct Scope {
        /// The index of the declaration it belongs to; nil for a closure or a statement.
        let declaration: Int?
        /// How many parentheses were open before it.
        let parentheses: Int
    }

    private var scopes: [Scope] = []
    private var pending: Int?
    private var parentheses = 0
    private var attributesSince: Int?

    /// Looks through `code`, whose comments and literals are blank.
    init(code: [String]) {
        for (index, text) in code.enumerated() {
            read(text, line: index + 1)
        }
    }

    private mutating func read(_ text: String, line: Int) {
        if isInOpenParentheses == false, let found = declaration(in: text, line: line) {
            declarations.append(found)
            pending = declarations.count - 1
        }
        var header = ""
        for character in text {
            switch character {
            case "(", "[":
                parentheses += 1
            case ")", "]":
                parentheses -= 1
            case "{":
                let owner = isInOpenParentheses ? nil : pending
                if let owner {
                    declarations[owner].header += header
                    pending = nil
                    header = ""
                }
                scopes.append(Scope(declaration: owner, parentheses: parentheses))
            case "}":
                guard let scope = scopes.popLast() else { continue }
                parentheses = scope.parentheses
                if let owner = scope.declaration { declarations[owner].lastLine = line }
            default:
                break
            }
            if pending != nil, character != "{" { header.append(character) }
        }
        if let pending { declarations[pending].header += header + " " }
    }

    /// Whether a parenthesis is open that the innermost brace did not see.
    private var isInOpenParentheses: Bool {
        parentheses > (scopes.last?.parentheses ?? 0)
    }

    private mutating func declaration(in text: String, line: Int) -> Declaration? {
        var words = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        var modifiers: Set<String> = []
        var kind: String?
        while let word = words.first {
            let bare = String(word.prefix { $0 != "(" && $0 != "<" && $0 != "?" && $0 != "!" && $0 != "[" })
            if Declaration.typeKinds.union(Declaration.memberKinds).contains(bare), !isModifier(bare, next: words) {
                kind = bare
                break
            }
            guard word.hasPrefix("@") || Declaration.modifiers.contains(bare) else { break }
            modifiers.insert(bare)
            words.removeFirst()
        }
        let begin = attributesSince ?? line
        guard let kind, let word = words.first else {
            attributesSince = !modifiers.isEmpty && words.isEmpty ? begin : nil
            return nil
        }
        attributesSince = nil
        let isMember = ["init", "subscript", "deinit"].contains(kind)
        let rest = isMember ? word : words.dropFirst().first ?? ""
        let stops: Set<Character> = ["(", "<", ":", "{", "=", ",", "?"]
        let isOperator = kind == "func" && rest.first.map { "=<>!+-*/%&|^~".contains($0) } == true
        let name = isOperator ? rest.prefix { $0 != "(" } : rest.prefix { !stops.contains($0) }
        let owners = scopes.compactMap(\.declaration).map { declarations[$0] }
        let isLocal = scopes.contains { scope in
            scope.declaration.map { !(declarations[$0].isType || declarations[$0].kind == "extension") } ?? true
        }
        return Declaration(
            kind: kind, name: isMember ? kind : String(name), modifiers: modifiers,
            enclosing: owners.filter { $0.isType || $0.kind == "extension" }.map(\.name),
            isRequirement: owners.last?.kind == "protocol", isLocal: isLocal, line: line, firstLine: begin,
            lastLine: line, header: "")
    }

    /// `class` is a modifier before another keyword: `class func`, `class var`.
    private func isModifier(_ word: String, next words: [String]) -> Bool {
        guard word == "class", words.count > 1 else { return false }
        return Declaration.memberKinds.contains(words[1]) || words[1] == "override"
    }
}
