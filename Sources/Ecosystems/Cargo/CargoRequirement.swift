import RegistryModel
import Versioning

/// A version requirement, in the one spelling that cargo gives it.
///
/// Cargo.toml may say `1`, `^1` or ` 1`; publishes and index files say `^1`. The grammar is the one of Rust's `semver`
/// crate ([specifying dependencies](https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html)): up to 32
/// comparators between commas, each an operator and one to three numbers of which the last may be `*`.
enum CargoRequirement {
    /// The requirement as cargo writes it, or nil where the text is none.
    static func normalized(_ text: String) -> String? {
        guard text.utf8.count <= 512 else { return nil }
        let trimmed = trim(text[...])
        if ["*", "x", "X"].contains(trimmed) { return "*" }
        let parts = trimmed.split(separator: ",", omittingEmptySubsequences: false)
        guard (1...32).contains(parts.count) else { return nil }
        var out: [String] = []
        for part in parts {
            guard let comparator = comparator(trim(part)) else { return nil }
            out.append(comparator)
        }
        return out.joined(separator: ", ")
    }

    private static func comparator(_ text: Substring) -> String? {
        let operators = [">=", "<=", ">", "<", "=", "~", "^"]
        let found = operators.first { text.hasPrefix($0) }
        let version = trim(text.dropFirst(found?.count ?? 0))
        let plus = version.firstIndex(of: "+")
        let dash = version[..<(plus ?? version.endIndex)].firstIndex(of: "-")
        let core = version[..<(dash ?? plus ?? version.endIndex)]
        var numbers = core.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...3).contains(numbers.count) else { return nil }
        let hasWildcard = numbers.count > 1 && isWildcard(numbers[numbers.count - 1])
        while numbers.count > 1, isWildcard(numbers[numbers.count - 1]) { numbers.removeLast() }
        guard numbers.allSatisfy(isNumber) else { return nil }
        if dash != nil || plus != nil {
            // Pre-release and build metadata need all three numbers; the metadata is dropped.
            guard !hasWildcard, numbers.count == 3, let full = SemVer(String(version)) else { return nil }
            return (found ?? "^") + full.withoutBuild
        }
        let joined = numbers.joined(separator: ".")
        if hasWildcard, found == nil { return joined + ".*" }
        return (found ?? "^") + joined
    }

    private static func isWildcard(_ text: Substring) -> Bool { text == "*" || text == "x" || text == "X" }

    private static func isNumber(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } && UInt64(text) != nil
            && (text == "0" || !text.hasPrefix("0"))
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}
