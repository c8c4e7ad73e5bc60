/// Why a text is not acceptable XML.
package enum XMLViolation: Error, Hashable, Sendable {
    /// More bytes than allowed.
    case tooLarge(limit: Int)
    /// More levels than allowed.
    case tooDeep(limit: Int, line: Int)
    /// More elements than allowed.
    case tooManyElements(limit: Int)
    /// More attributes on one element than allowed.
    case tooManyAttributes(limit: Int, line: Int)
    /// A document type declaration, through which a document could ask for files, addresses and memory.
    case doctype(line: Int)
    /// An entity that is none of the five every document has.
    case unknownEntity(line: Int)
    /// An encoding other than UTF-8, UTF-16, ISO-8859-1 and US-ASCII, or bytes that are not in the declared one.
    case encoding(line: Int)
    /// Not well-formed; the reason is expat's.
    case syntax(line: Int, reason: String)

    /// What is wrong, as the end of a sentence.
    package var reason: String {
        switch self {
        case .tooLarge(let limit): "it is larger than \(limit) bytes"
        case .tooDeep(let limit, let line): "it has more than \(limit) levels of elements at line \(line)"
        case .tooManyElements(let limit): "it has more than \(limit) elements"
        case .tooManyAttributes(let limit, let line): "an element has more than \(limit) attributes at line \(line)"
        case .doctype(let line): "it has a DOCTYPE at line \(line), which is not allowed"
        case .unknownEntity(let line):
            "it uses an entity at line \(line) that is none of &lt; &gt; &amp; &quot; &apos;; write the character itself"
        case .encoding(let line): "it is not encoded as it says at line \(line); use UTF-8"
        case .syntax(let line, let reason): "it is not well-formed at line \(line) (\(reason))"
        }
    }
}
