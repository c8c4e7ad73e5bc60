import Testing

/// swift-format's own rule sees `public` only; everything shared between the targets of this package is `package`.
@Suite("Documentation")
struct DocumentationTests {
    /// Members that a protocol of the standard library or of a dependency documents, by that protocol.
    ///
    /// A `*` stands for any type: the protocol is so common that naming it would say nothing.
    static let foreignRequirements: [String: Set<String>] = [
        "*": [
            "description", "debugDescription", "hash", "==", "<", "encode", "hashValue", "id", "Element", "Context",
            "AsyncIterator", "Iterator", "Failure", "RawValue",
        ],
        "RawRepresentable": ["init", "rawValue"],
        "Decodable": ["init"], "Codable": ["init"],
        "ExpressibleByStringLiteral": ["init"], "ExpressibleByStringInterpolation": ["init"],
        "ExpressibleByIntegerLiteral": ["init"], "ExpressibleByArrayLiteral": ["init"],
        "ExpressibleByDictionaryLiteral": ["init"], "ExpressibleByNilLiteral": ["init"],
        "ExpressibleByBooleanLiteral": ["init"], "LosslessStringConvertible": ["init"],
        "StringInterpolationProtocol": ["init", "appendLiteral", "appendInterpolation"],
        "Sequence": ["makeIterator"], "IteratorProtocol": ["next"], "AsyncSequence": ["makeAsyncIterator"],
        "AsyncIteratorProtocol": ["next"], "Collection": ["startIndex", "endIndex", "index", "subscript"],
        "RequestContext": ["init", "coreContext", "requestDecoder", "responseEncoder", "maxUploadSize"],
        "InitializableFromSource": ["init"],
        "RouterMiddleware": ["handle"], "MiddlewareProtocol": ["handle"], "HTTPResponder": ["respond"],
        "ResponseGenerator": ["response"], "HTTPResponseError": ["response", "status"],
        "Service": ["run"], "LogHandler": ["log", "subscript", "metadata", "logLevel", "metadataProvider"],
        "ParsableCommand": ["run", "validate", "configuration"],
        "AsyncParsableCommand": ["run", "validate", "configuration"],
        "ParsableArguments": ["validate"],
        "ChannelHandler": [], "ChannelInboundHandler": ["channelRead", "channelActive", "channelInactive"],
        "ServerChildChannel": ["setup", "handle"], "HTTPChannelHandler": ["setup", "handle", "responder"],
        "TestScoping": ["provideScope"], "SuiteTrait": ["isRecursive"], "TestTrait": [],
    ]

    static let exceptions = AllowList.none

    @Test("Every shared type, function and initializer is documented")
    func sharedDeclarations() {
        let promises = Requirements(SourceTree.shared.sources)
        var found: [String: String] = [:]
        for file in SourceTree.shared.sources where !file.isGenerated {
            for declaration in file.declarations where Self.needsDocumentation(declaration) {
                if Self.isDocumented(declaration, in: file) || promises.cover(declaration) { continue }
                let name = (declaration.enclosing + [declaration.name]).joined(separator: ".")
                found["\(declaration.kind) \(name) is not documented"] = file.place(declaration.line)
            }
        }
        Self.exceptions.check(found, rule: "Say in one line what it is for, then what its signature cannot say.")
    }

    /// Types, functions, initializers and protocol requirements; stored properties may rely on their type's comment.
    private static func needsDocumentation(_ declaration: Declaration) -> Bool {
        guard !declaration.isLocal else { return false }
        let kinds = Declaration.typeKinds.union(["func", "init", "subscript", "typealias", "macro"])
        if declaration.isRequirement { return kinds.contains(declaration.kind) || declaration.kind == "var" }
        return declaration.isShared && kinds.contains(declaration.kind)
    }

    private static func isDocumented(_ declaration: Declaration, in file: SwiftSource) -> Bool {
        var index = declaration.firstLine - 2
        while index >= 0 {
            let line = file.lines[index].drop { $0 == " " }
            if line.hasPrefix("///") || line.hasPrefix("*/") { return true }
            // Conditions and attributes may stand between the comment and the declaration.
            guard line.hasPrefix("#if") || line.hasPrefix("@") else { return false }
            index -= 1
        }
        return false
    }
}

/// What protocols promise, so that a conformance need not repeat it.
private struct Requirements {
    private var required: [String: Set<String>] = DocumentationTests.foreignRequirements
    private var conformances: [String: Set<String>] = [:]

    init(_ files: [SwiftSource]) {
        for declaration in files.flatMap(\.declarations) {
            if declaration.isRequirement, let owner = declaration.enclosing.last {
                required[owner, default: []].insert(declaration.name)
            }
            guard declaration.isType || declaration.kind == "extension" else { continue }
            let type = declaration.name.split(separator: ".").last.map(String.init) ?? declaration.name
            conformances[type, default: []].formUnion(declaration.inherited)
        }
    }

    /// Whether a protocol that the enclosing type conforms to has a member of that name.
    func cover(_ declaration: Declaration) -> Bool {
        guard let owner = declaration.enclosing.last?.split(separator: ".").last.map(String.init) else { return false }
        var open = Array(conformances[owner] ?? []) + ["*", owner]
        var seen: Set<String> = []
        while let name = open.popLast() {
            guard seen.insert(name).inserted else { continue }
            if required[name]?.contains(declaration.name) == true, name != owner || !declaration.isRequirement {
                return true
            }
            open += conformances[name] ?? []
        }
        return false
    }
}
