import HTTPTypes
import RegistryModel

/// What a registry said instead of yes, in whichever dialect.
package struct Refusal: Hashable, Sendable, CustomStringConvertible {
    package let status: Int
    /// The stable code, where the dialect has it.
    package let code: String?
    /// Its words.
    package let detail: String

    /// Reads an answer.
    package init(_ answer: HTTPAnswer) {
        status = answer.status
        let json = answer.json
        code = json?["code"]?.stringValue
        detail = Self.words(json) ?? Self.plain(answer)
    }

    package var description: String {
        let label = code.map { "\(status) \($0)" } ?? "\(status)"
        return "The registry refused it (\(label)): \(detail)" + (advice.map { "\n\($0)" } ?? "")
    }

    /// What to do, where the registry's words cannot know it.
    private var advice: String? {
        switch status {
        case 401:
            "Put a token into HALLMARK_TOKEN, or name a file that holds one with --token-file. See 'hallmark publish --help'."
        case 404: "Is the registry's address right? It is the address of its start page."
        default: nil
        }
    }

    /// The words in a JSON body: `detail` of problem details, `error` of npm, `errors` of cargo and Composer.
    private static func words(_ json: JSONValue?) -> String? {
        guard let json else { return nil }
        for member in ["detail", "error", "message", "warning"] {
            if let text = json[member]?.stringValue, !text.isEmpty { return clean(text) }
        }
        let list = json["errors"]?.arrayValue ?? []
        let texts = list.compactMap { $0.stringValue ?? $0["detail"]?.stringValue ?? $0["message"]?.stringValue }
        if !texts.isEmpty { return clean(texts.joined(separator: " ")) }
        return json["title"]?.stringValue.map(clean)
    }

    private static func plain(_ answer: HTTPAnswer) -> String {
        let isText = answer.headers[.contentType]?.hasPrefix("text/plain") == true
        let text = isText ? clean(answer.text) : ""
        return text.isEmpty ? "it gave no reason" : text
    }

    /// A text of somebody else without what would move a terminal's cursor, in one line.
    package static func clean(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(4000).map { scalar in
            scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? " " : Character(scalar)
        }
        return String(scalars).split(separator: " ").joined(separator: " ")
    }
}
