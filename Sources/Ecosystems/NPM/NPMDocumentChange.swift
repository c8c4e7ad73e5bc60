import RegistryModel

/// What a client that sends a whole package document back wants to change.
///
/// npm reads the packument with `?write=true`, edits it, and sends it back: to deprecate versions, to remove one, to change
/// the owners. Only the edit that belongs to the request is accepted; a document that differs in anything else, or that was
/// read before somebody else's change, is refused.
struct NPMDocumentChange {
    /// The packument as it is now, as the client would have read it.
    let current: JSONValue

    /// The versions whose deprecation message differs, with the new one; nil takes a message away.
    /// - Throws: `Problem` with ``Problem/Code/conflict`` for an outdated document, ``Problem/Code/badRequest`` for any
    ///   other difference.
    func deprecations(in sent: JSONValue) throws(Problem) -> [String: String?] {
        try checkRevision(sent)
        guard Self.same(sent["dist-tags"], current["dist-tags"]) else {
            throw Problem(.badRequest, "Distribution tags are changed with npm dist-tag.")
        }
        let old = Self.table(current["versions"])
        let new = Self.table(sent["versions"])
        guard Set(old.keys) == Set(new.keys) else {
            throw Problem(.badRequest, "Versions are added by publishing and removed by unpublishing.")
        }
        var messages: [String: String?] = [:]
        for (version, document) in new {
            let before = old[version]
            guard Self.same(document.setting("deprecated", to: nil), before?.setting("deprecated", to: nil)) else {
                throw Problem(
                    .badRequest, "Nothing but the deprecation of a published version can be changed: \(version).")
            }
            let message = try Self.message(document["deprecated"])
            if message != (try Self.message(before?["deprecated"])) { messages.updateValue(message, forKey: version) }
        }
        return messages
    }

    /// The one version that is missing in the document.
    /// - Throws: `Problem` with ``Problem/Code/badRequest``, unless it is exactly one and the others are unchanged.
    func removedVersion(in sent: JSONValue) throws(Problem) -> String {
        let old = Self.table(current["versions"])
        let new = Self.table(sent["versions"])
        let removed = old.keys.filter { new[$0] == nil }
        guard removed.count == 1, let version = removed.first, new.count == old.count - 1 else {
            throw Problem(.badRequest, "One version can be unpublished at a time.")
        }
        guard new.allSatisfy({ Self.same($0.value, old[$0.key]) }) else {
            throw Problem(.badRequest, "Published versions cannot be changed.")
        }
        return version
    }

    /// The names of the owners that the document wants.
    /// - Throws: `Problem` with ``Problem/Code/badRequest``.
    func owners(in sent: JSONValue) throws(Problem) -> [String] {
        guard let people = sent["maintainers"]?.arrayValue, people.count <= 1000 else {
            throw Problem(.badRequest, "The document has no list of maintainers.")
        }
        var names: [String] = []
        for person in people {
            guard let name = person["name"]?.stringValue ?? person.stringValue else {
                throw Problem(.badRequest, "Every maintainer has a name.")
            }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private func checkRevision(_ sent: JSONValue) throws(Problem) {
        guard let revision = sent["_rev"], revision != current["_rev"] else { return }
        throw Problem(.conflict, "The package was changed in the meantime; try again.")
    }

    private static func table(_ value: JSONValue?) -> [String: JSONValue] {
        Dictionary((value?.members ?? []).map { ($0.name, $0.value) }) { $1 }
    }

    /// A message; the empty one, `false` and `null` stand for none.
    private static func message(_ value: JSONValue?) throws(Problem) -> String? {
        switch value {
        case nil, .null, .bool(false): return nil
        case .string(let text): return text.isEmpty ? nil : text
        default: throw Problem(.badRequest, "A deprecation message is a text.")
        }
    }

    /// Equality as JavaScript sees it: without regard to the order of members or to how a number is written.
    static func same(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
        switch (left, right) {
        case (.object(let left)?, .object(let right)?):
            guard left.count == right.count else { return false }
            let values = table(.object(right))
            return left.allSatisfy { same($0.value, values[$0.name]) }
        case (.array(let left)?, .array(let right)?):
            return left.count == right.count && zip(left, right).allSatisfy { same($0, $1) }
        case (.integer(let left)?, .number(let right)?), (.number(let right)?, .integer(let left)?):
            return Double(left) == right
        case (.integer(let left)?, .integer(let right)?):
            return Double(left) == Double(right)
        default:
            return left == right
        }
    }
}
