import Client
import RegistryModel

/// Stagings as people read them.
enum StagingTable {
    /// Whether something can still become of it.
    static func isOpen(_ staging: JSONValue) -> Bool {
        ["pending", "validating", "staged"].contains(text(staging, "state"))
    }

    /// One line for each, under a head; a sentence where there are none.
    static func table(_ stagings: [JSONValue]) -> [String] {
        guard !stagings.isEmpty else { return ["Nothing is staged."] }
        let head = ["KEY", "ECOSYSTEM", "STATE", "BY", "EXPIRES", "WHAT"]
        let rows = stagings.map { staging in
            [
                text(staging, "key"), text(staging, "ecosystem"), text(staging, "state"), text(staging, "creator"),
                String(text(staging, "expires").prefix(10)), text(staging, "label"),
            ]
        }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        return ([head] + rows).map { row in
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }
            return trimmed(padded.joined(separator: "  "))
        }
    }

    /// Everything about one.
    static func details(_ staging: JSONValue) -> [String] {
        var lines = [
            "\(text(staging, "label"))  (\(text(staging, "ecosystem")), \(text(staging, "state")))",
            "  key:      \(text(staging, "key"))", "  by:       \(text(staging, "creator"))",
            "  because:  \(text(staging, "origin"))", "  made:     \(text(staging, "created"))",
            "  expires:  \(text(staging, "expires"))", "  try it:   \(text(staging, "address"))",
        ]
        if staging["needs_second_person"]?.boolValue == true {
            lines.append("  Policy asks for a second person: its publisher cannot release it.")
        }
        for release in staging["report"]?["releases"]?.arrayValue ?? [] {
            lines.append("\(text(release, "project")) \(text(release, "version"))")
            for file in release["files"]?.arrayValue ?? [] {
                let size = file["size"]?.integerValue ?? 0
                lines.append("  \(text(file, "name"))  \(size) bytes  sha256 \(text(file, "sha256"))")
            }
            for (member, word) in [
                ("tags", "tag"), ("proofs", "proof"), ("warnings", "warning"), ("notes", "note"), ("holds", "held"),
            ] {
                for line in texts(release[member]) { lines.append("  \(word): \(line)") }
            }
        }
        for member in staging["report"]?["errors"]?.members ?? [] {
            lines += texts(member.value).map { "refused: \(clean(member.name)): \($0)" }
        }
        return lines
    }

    /// Says what was done.
    static func report(_ key: String, _ word: String, inJSON: Bool) {
        if inJSON {
            let answer: JSONValue = ["key": .string(key), "state": .string(word)]
            print(String(decoding: answer.bytes(), as: UTF8.self))
        } else {
            print("\(key) is \(word).")
        }
    }

    private static func text(_ value: JSONValue, _ member: String) -> String {
        clean(value[member]?.stringValue ?? "")
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        (value?.arrayValue ?? []).compactMap(\.stringValue).map(clean)
    }

    /// What a publisher wrote goes to another person's terminal: control characters stay behind.
    private static func clean(_ text: String) -> String { Refusal.clean(text) }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }
}
