import HTTPSupport
import Hummingbird
import Publishing
import RegistryModel

/// `GET packages.json`: what the repository has and where
/// ([documentation](https://getcomposer.org/doc/05-repositories.md#packages)).
struct ComposerRoot: Sendable {
    let mount: ComposerMount
    let vendors: ComposerVendors

    /// Answers with the root document as the reader may see it.
    ///
    /// It is never kept for others: which vendors are named depends on who asks. It has no date either, for what a reader
    /// may see can change without any project having changed.
    func document(_ request: Request, _ context: RegistryContext) async throws -> Response {
        if mount.requiresAuthentication { _ = try await mount.services.principal(context) }
        return try await mount.services.index.respond(
            request, context, tag: nil, representation: "composer-root", vary: nil
        ) { reader in
            // What is staged may lie in a vendor that nobody else knows.
            let patterns = mount.services.catalog.showsStaging ? nil : try await vendors.patterns(for: reader)
            let body = Self.document(base: mount.base, patterns: patterns)
            return Document(body: body.bytes(), mediaType: "application/json", isPublic: false)
        }
    }

    /// The document.
    ///
    /// Without patterns it is one of a staging: clients ask it for every name, and report and ask nothing else.
    static func document(base: String, patterns: [String]?) -> JSONValue {
        var members: [(String, JSONValue?)] = [
            ("packages", []), ("metadata-url", .string("\(base)/p2/%package%.json")),
            ("available-package-patterns", patterns.map { .strings($0) }), ("list", .string("\(base)/list.json")),
            ("search", .string("\(base)/search.json?q=%query%&type=%type%")),
            ("providers-api", .string("\(base)/providers/%package%.json")),
            ("metadata-changes-url", .string("\(base)/metadata/changes.json")),
        ]
        if patterns != nil {
            let summary = JSONValue.string("\(base)/filter/summary.json")
            members += [
                ("notify-batch", .string("\(base)/downloads/")),
                ("security-advisories", ["metadata": true, "api-url": .string("\(base)/api/security-advisories/")]),
                ("filter", ["metadata": true, "lists": ["malware": ["enabled": true]], "summary-url": summary]),
            ]
        }
        return .compactObject(members)
    }
}
