/// An environment marker, the condition behind a requirement's semicolon
/// ([specification](https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers)).
///
/// It is read to be refused where it is malformed, to be compared, and to find the extra it belongs to; it is never evaluated.
package struct PythonMarker: Hashable, Sendable {
    /// One spelling for all that differ in white space and in the kind of quotation marks only.
    package let normalized: String
    /// The extras that it compares `extra` with, normalised, in the order in which they stand.
    package let extras: [String]

    /// Reads a marker, or returns nil where it follows no rule or is nested too deeply.
    package init?(_ text: String) {
        guard text.utf8.count <= PythonRequirement.maximumLength, var parser = Parser(text) else { return nil }
        guard parser.alternatives(depth: 0), parser.isAtEnd else { return nil }
        normalized = parser.tokens.map(\.normalized).joined(separator: " ")
        extras = parser.extras
    }

    private enum Token: Equatable {
        case open, close
        case comparison(String)
        case word(String)
        case literal(String)

        var normalized: String {
            switch self {
            case .open: "("
            case .close: ")"
            case .comparison(let sign): sign
            case .word(let word): word
            case .literal(let text): text.contains("\"") ? "'\(text)'" : "\"\(text)\""
            }
        }
    }

    /// A recursive-descent parser over tokens; `and` binds more tightly than `or`.
    private struct Parser {
        static let maximumDepth = 32
        static let variables: Set<String> = [
            "python_version", "python_full_version", "os_name", "sys_platform", "platform_release", "platform_system",
            "platform_version", "platform_machine", "platform_python_implementation", "implementation_name",
            "implementation_version", "extra", "extras", "dependency_groups",
            // The spellings of PEP 345, which packages still carry.
            "os.name", "sys.platform", "platform.version", "platform.machine", "platform.python_implementation",
            "python_implementation",
        ]

        private(set) var tokens: [Token] = []
        private(set) var extras: [String] = []
        private var position = 0

        init?(_ text: String) {
            var rest = Substring(text)
            while let first = rest.first {
                if first.isWhitespace {
                    rest.removeFirst()
                } else if let (token, length) = Self.token(rest, first) {
                    tokens.append(token)
                    rest.removeFirst(length)
                } else {
                    return nil
                }
            }
        }

        var isAtEnd: Bool { position == tokens.count }

        mutating func alternatives(depth: Int) -> Bool {
            guard depth < Self.maximumDepth else { return false }
            repeat {
                guard conjunction(depth: depth) else { return false }
            } while take(.word("or"))
            return true
        }

        private mutating func conjunction(depth: Int) -> Bool {
            repeat {
                if take(.open) {
                    guard alternatives(depth: depth + 1), take(.close) else { return false }
                } else {
                    guard comparison() else { return false }
                }
            } while take(.word("and"))
            return true
        }

        private mutating func comparison() -> Bool {
            guard let left = operand(), let sign = operation(), let right = operand() else { return false }
            if sign == "==" {
                for (variable, value) in [(left, right), (right, left)] {
                    if case .word("extra") = variable, case .literal(let name) = value {
                        extras.append(PythonName.normalized(name))
                    }
                }
            }
            return true
        }

        private mutating func operand() -> Token? {
            guard position < tokens.count else { return nil }
            let token = tokens[position]
            switch token {
            case .literal: break
            case .word(let name) where Self.variables.contains(name): break
            default: return nil
            }
            position += 1
            return token
        }

        private mutating func operation() -> String? {
            guard position < tokens.count else { return nil }
            if case .comparison(let sign) = tokens[position] {
                position += 1
                return sign
            }
            if take(.word("in")) { return "in" }
            return take(.word("not")) && take(.word("in")) ? "not in" : nil
        }

        private mutating func take(_ token: Token) -> Bool {
            guard position < tokens.count, tokens[position] == token else { return false }
            position += 1
            return true
        }

        private static func token(_ rest: Substring, _ first: Character) -> (Token, Int)? {
            switch first {
            case "(": return (.open, 1)
            case ")": return (.close, 1)
            case "\"", "'":
                let content = rest.dropFirst().prefix { $0 != first }
                guard content.endIndex < rest.endIndex else { return nil }
                return (.literal(String(content)), content.count + 2)
            case "<", ">", "=", "!", "~":
                let signs = ["===", "~=", "==", "!=", "<=", ">=", "<", ">"]
                return signs.first { rest.hasPrefix($0) }.map { (.comparison($0), $0.count) }
            default:
                let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
                return word.isEmpty ? nil : (.word(String(word)), word.count)
            }
        }
    }
}
