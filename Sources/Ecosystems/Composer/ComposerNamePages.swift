import RegistryModel

/// Reads the list of names page by page, one after the other, and writes it as JSON.
actor ComposerNamePages {
    private let read: @Sendable (_ after: String?) async throws -> [String]
    private let filters: [ComposerPattern]
    private let prefix: String
    private let size: Int
    private var hidden: [String]
    private var after: String?
    private var isFirst = true
    private var isFirstName = true
    private var isOver = false

    /// Begins.
    /// - Parameters:
    ///   - hidden: Names that follow behind those that are read.
    ///   - filters: What every name has to match.
    ///   - size: How many names a full page has.
    ///   - read: Reads the page behind a name, in the order of the names' bytes.
    init(
        hidden: [String], filters: [ComposerPattern], size: Int,
        read: @escaping @Sendable (_ after: String?) async throws -> [String]
    ) {
        self.hidden = hidden
        self.filters = filters
        self.size = size
        self.read = read
        prefix = filters.map(\.prefix).max { $0.utf8.count < $1.utf8.count } ?? ""
        after = Self.before(prefix)
    }

    /// The next piece of the document; nil behind the last.
    func next() async throws -> [UInt8]? {
        guard !isOver else { return nil }
        let names = try await read(after)
        after = names.last
        isOver = names.count < size || names.last.map { !$0.hasPrefix(prefix) && $0 > prefix } ?? true
        let beginning = isFirst ? Array("{\"packageNames\":[".utf8) : []
        isFirst = false
        let piece = beginning + encode(names)
        return isOver ? piece + encode(hidden) + Array("]}".utf8) : piece
    }

    private func encode(_ names: [String]) -> [UInt8] {
        var out: [UInt8] = []
        for name in names where filters.allSatisfy({ $0.matches(name) }) {
            if !isFirstName { out.append(UInt8(ascii: ",")) }
            isFirstName = false
            out += JSONValue.string(name).bytes()
        }
        return out
    }

    /// A text behind which the names with that prefix come next, the prefix itself being one of them.
    private static func before(_ prefix: String) -> String? {
        guard let last = prefix.utf8.last, (0x21...0x7E).contains(last) else { return nil }
        return String(decoding: prefix.utf8.dropLast() + [last - 1, 0x7F], as: UTF8.self)
    }
}
