import RegistryModel

/// The patterns of token scopes that people write, in the forms that scopes are compared by.
extension PackageFormat {
    /// What a scope's pattern must be to cover exactly what somebody wrote: a project's name, or a namespace.
    ///
    /// A namespace is written with its separator and `*`: `@scope/*`, `scope.*`, `vendor/*`, `org.example.*` for a group
    /// and all below it, `prefix-*`. It may take several patterns, because a group's own projects are told from those of
    /// the groups below it by another character. Any other `*` is refused: it would mean something other than a
    /// namespace.
    /// - Throws: `Problem` with ``Problem/Code/nameInvalid``.
    package func tokenPatterns(_ text: String) throws -> [String] {
        guard text.contains("*") else {
            guard let key = lookupKey(text) else {
                throw Problem(
                    .nameInvalid, "'\(text.limited(toScalars: 100))' is not a project's name in '\(ecosystem)'.")
            }
            return [key]
        }
        let refusal = Problem(
            .nameInvalid,
            "'\(text.limited(toScalars: 100))' is neither a project's name nor a namespace of '\(ecosystem)'."
        )
        guard text.hasSuffix("*"), let separator = text.dropLast().last else { throw refusal }
        let name = String(text.dropLast(2))
        guard !name.isEmpty, !name.contains("*") else { throw refusal }
        let key = try namespace(name).key
        switch namespaceKind {
        case .scope: return [try pattern(key, "\(separator)", else: refusal)]
        case .domain:
            let own = try pattern(key, ":", else: refusal)
            guard separator != ":" else { return [own] }
            guard separator == "." else { throw refusal }
            return [own, "\(key).*"]
        case .prefix:
            guard separator == "-" || separator == "_" else { throw refusal }
            let inner = ["-", "_"].compactMap { try? pattern(key, $0, else: refusal) }
            guard inner.count == 1 else { throw refusal }
            return [key] + inner
        }
    }

    /// The pattern of what is inside, where the ecosystem takes that character for the end of a namespace.
    private func pattern(_ key: String, _ separator: String, else refusal: Problem) throws -> String {
        guard namespaceKeys(of: "\(key)\(separator)name").contains(key) else { throw refusal }
        return "\(key)\(separator)*"
    }
}
