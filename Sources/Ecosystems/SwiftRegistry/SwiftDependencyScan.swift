import Formats
import RegistryModel

/// Finds the packages that a manifest names.
///
/// A manifest is a program, and running it is no registry's business. What is found are the calls `.package(…)` with a literal
/// `id` or `url`, which is how nearly all are written; what a manifest computes stays unknown. The result is only for
/// showing who depends on whom.
enum SwiftDependencyScan {
    /// The most packages that are listed.
    static let maximumCount = 1_000

    /// The packages, each once, in the order of the manifest.
    ///
    /// A package that is named by its repository has no key: it is looked up in no registry under that name.
    static func dependencies(in manifest: String) -> [Dependency] {
        var found: [Dependency] = []
        var seen: Set<String> = []
        let tokens = tokens(of: manifest)
        for index in tokens.indices where found.count < maximumCount {
            guard index + 2 < tokens.count, tokens[index] == .mark("."), tokens[index + 1] == .word("package"),
                tokens[index + 2] == .mark("(")
            else { continue }
            let arguments = arguments(tokens[(index + 3)...])
            guard let dependency = dependency(arguments), seen.insert(dependency.name).inserted else { continue }
            found.append(dependency)
        }
        return found
    }

    private enum Token: Equatable {
        case word(Substring)
        case text(String)
        case mark(Character)

        var source: String {
            switch self {
            case .word(let word): String(word)
            case .text(let text): "\"\(text)\""
            case .mark(let mark): String(mark)
            }
        }
    }

    private static func dependency(_ arguments: [(label: Substring?, tokens: ArraySlice<Token>)]) -> Dependency? {
        func literal(_ label: String) -> String? {
            guard case .text(let text)? = arguments.first(where: { $0.label == label[...] })?.tokens.first else {
                return nil
            }
            return text
        }
        guard let name = literal("id") ?? literal("url"), name.utf8.count <= 1024 else { return nil }
        let requirement = arguments.filter { !["id", "url", "name", "traits"].contains($0.label ?? "") }
            .map { argument in
                (argument.label.map { "\($0): " } ?? "") + argument.tokens.map(\.source).joined()
            }.joined(separator: ", ")
        let isID = literal("id") != nil
        return Dependency(
            ecosystem: SwiftRegistry.ecosystem, name: name,
            nameKey: isID ? SwiftPackageID(name)?.key ?? "" : "", requirement: String(requirement.prefix(200)),
            kind: "runtime", isOptional: false)
    }

    /// The arguments of a call up to its closing parenthesis.
    private static func arguments(_ tokens: ArraySlice<Token>) -> [(label: Substring?, tokens: ArraySlice<Token>)] {
        var found: [(label: Substring?, tokens: ArraySlice<Token>)] = []
        var depth = 0
        var begin = tokens.startIndex
        func close(_ end: Int) {
            guard begin < end else { return }
            if case .word(let label) = tokens[begin], begin + 1 < end, tokens[begin + 1] == .mark(":") {
                found.append((label, tokens[(begin + 2)..<end]))
            } else {
                found.append((nil, tokens[begin..<end]))
            }
        }
        // A call has few tokens; one without an end is not read to the end of the file again and again.
        for index in tokens.indices.prefix(400) {
            switch tokens[index] {
            case .mark("("), .mark("["), .mark("{"): depth += 1
            case .mark(")"), .mark("]"), .mark("}"):
                depth -= 1
                if depth < 0 {
                    close(index)
                    return found
                }
            case .mark(","):
                guard depth == 0 else { continue }
                close(index)
                begin = index + 1
            default: break
            }
        }
        return []
    }

    /// Words, texts and marks, without comments; an interpolation stays part of its text.
    private static func tokens(of manifest: String) -> [Token] {
        var tokens: [Token] = []
        var rest = manifest[...]
        while let first = rest.first {
            if first.isLetter || first.isNumber || first == "_" {
                let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                tokens.append(.word(word))
                rest = rest[word.endIndex...]
            } else if rest.hasPrefix("//") {
                rest = rest.drop { !$0.isNewline }
            } else if rest.hasPrefix("/*") {
                rest = afterComment(rest)
            } else if first == "\"" {
                let (text, end) = literal(rest)
                tokens.append(.text(text))
                rest = end
            } else {
                if !first.isWhitespace { tokens.append(.mark(first)) }
                rest = rest.dropFirst()
            }
        }
        return tokens
    }

    private static func afterComment(_ text: Substring) -> Substring {
        var rest = text
        var depth = 0
        repeat {
            if rest.hasPrefix("/*") {
                depth += 1
                rest = rest.dropFirst(2)
            } else if rest.hasPrefix("*/") {
                depth -= 1
                rest = rest.dropFirst(2)
            } else {
                rest = rest.dropFirst()
            }
        } while depth > 0 && !rest.isEmpty
        return rest
    }

    /// A text between quotes with its escapes as they stand, and what follows it.
    private static func literal(_ text: Substring) -> (text: String, rest: Substring) {
        if text.hasPrefix("\"\"\"") {
            let content = text.dropFirst(3)
            guard let end = content.firstRange(of: "\"\"\"") else { return ("", text[text.endIndex...]) }
            return (String(content[..<end.lowerBound]), content[end.upperBound...])
        }
        var index = text.index(after: text.startIndex)
        let begin = index
        while index < text.endIndex, text[index] != "\"", !text[index].isNewline {
            if text[index] == "\\" { index = text.index(after: index) }
            if index < text.endIndex { index = text.index(after: index) }
        }
        let rest = index < text.endIndex ? text[text.index(after: index)...] : text[text.endIndex...]
        return (String(text[begin..<index]), rest)
    }
}
