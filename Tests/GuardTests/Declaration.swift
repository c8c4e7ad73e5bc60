/// A declaration that begins a line of Swift.
struct Declaration: Sendable {
    /// What may stand before the keyword.
    static let modifiers: Set<String> = [
        "package", "public", "internal", "fileprivate", "private", "open", "static", "class", "final", "mutating",
        "nonmutating", "override", "convenience", "required", "indirect", "lazy", "weak", "unowned", "nonisolated",
        "isolated", "consuming", "borrowing", "dynamic", "optional", "prefix", "postfix", "infix", "async",
    ]
    /// The keywords that make a type.
    static let typeKinds: Set<String> = ["struct", "class", "enum", "actor", "protocol"]
    /// The keywords of everything else that is looked at.
    static let memberKinds: Set<String> = [
        "func", "init", "deinit", "subscript", "var", "let", "typealias", "extension", "case", "associatedtype",
        "macro",
    ]

    /// The keyword.
    let kind: String
    /// The name; for an initializer `init`, for an extension the extended type.
    let name: String
    /// The words before the keyword.
    let modifiers: Set<String>
    /// The types around it, outermost first; an extension counts as the type it extends.
    let enclosing: [String]
    /// Whether it stands directly inside a protocol.
    let isRequirement: Bool
    /// Whether a function or closure encloses it.
    let isLocal: Bool
    /// The line of its keyword, from 1.
    let line: Int
    /// The first line with its attributes, from 1.
    let firstLine: Int
    /// The line of the closing brace, or its own where it has no body.
    var lastLine: Int
    /// Everything from the keyword to the opening brace, on one line.
    var header: String

    /// Whether it makes a type.
    var isType: Bool { Self.typeKinds.contains(kind) }

    /// Whether code runs in it, so that its length counts.
    var isFunction: Bool { ["func", "init", "deinit", "subscript", "var"].contains(kind) && lastLine > line }

    /// Whether other targets see it.
    var isShared: Bool { modifiers.contains("package") || modifiers.contains("public") }

    /// The protocols and superclasses that the header of a type or extension names.
    var inherited: [String] {
        guard isType || kind == "extension" else { return [] }
        var depth = 0
        var clause = ""
        var collecting = false
        for character in header {
            if "<([".contains(character) { depth += 1 }
            if ">)]".contains(character) { depth -= 1 }
            if collecting { clause.append(character) }
            if character == ":", depth == 0 { collecting = true }
        }
        let beforeWhere = clause.components(separatedBy: " where ").first ?? clause
        return beforeWhere.split(whereSeparator: { $0 == "," || $0 == "&" }).compactMap { part in
            let words = part.split(separator: " ").filter { !$0.hasPrefix("@") && $0 != "any" && $0 != "nonisolated" }
            return words.first.map { word in
                String(word.prefix { $0 != "<" }.split(separator: ".").last ?? word)
            }
        }
    }
}

extension String {
    /// Splits at every occurrence of `separator`.
    fileprivate func components(separatedBy separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
