import RegistryModel

/// A table while it is being read: what may still be added to it depends on how it came about.
final class TOMLTree {
    /// How a table came about.
    enum Origin {
        /// By a longer header, `[a.b]` for `a`: a header of its own may follow.
        case implied
        /// By its header.
        case header
        /// By a dotted key: further dotted keys may add to it, a header may not.
        case dotted
    }

    private enum Node {
        case value(JSONValue)
        case table(TOMLTree)
        /// `[[a]]`; in a box, so that adding one does not copy the others.
        case tables(Tables)
    }

    private final class Tables {
        var all: [TOMLTree] = []
    }

    private var names: [String] = []
    private var nodes: [String: Node] = [:]
    private var origin: Origin

    init(_ origin: Origin) {
        self.origin = origin
    }

    /// The finished table.
    var value: JSONValue {
        .object(
            names.map { name in
                let value: JSONValue =
                    switch nodes[name] {
                    case .value(let value)?: value
                    case .table(let table)?: table.value
                    case .tables(let tables)?: .array(tables.all.map(\.value))
                    case nil: .null
                    }
                return JSONValue.Member(name, value)
            })
    }

    /// The table that a header names; nil where it cannot be opened.
    func open(header path: [String], isArray: Bool) -> TOMLTree? {
        guard let last = path.last else { return nil }
        var table = self
        for name in path.dropLast() {
            guard let next = table.descend(name, creating: .implied, through: { _ in true }) else { return nil }
            table = next
        }
        return isArray ? table.append(last) : table.define(last)
    }

    /// Sets a value under a dotted key; false where something is there already.
    func set(_ path: [String], to value: JSONValue) -> Bool {
        guard let last = path.last else { return false }
        var table = self
        for name in path.dropLast() {
            guard let next = table.descend(name, creating: .dotted, through: { $0 == .dotted }) else { return false }
            table = next
        }
        guard table.nodes[last] == nil else { return false }
        table.insert(last, .value(value))
        return true
    }

    private func insert(_ name: String, _ node: Node) {
        names.append(name)
        nodes[name] = node
    }

    private func descend(_ name: String, creating origin: Origin, through allows: (Origin) -> Bool) -> TOMLTree? {
        switch nodes[name] {
        case nil:
            let table = TOMLTree(origin)
            insert(name, .table(table))
            return table
        case .table(let table)?: return allows(table.origin) ? table : nil
        case .tables(let tables)?: return origin == .implied ? tables.all.last : nil
        case .value?: return nil
        }
    }

    private func define(_ name: String) -> TOMLTree? {
        switch nodes[name] {
        case nil:
            let table = TOMLTree(.header)
            insert(name, .table(table))
            return table
        case .table(let table)? where table.origin == .implied:
            table.origin = .header
            return table
        default: return nil
        }
    }

    private func append(_ name: String) -> TOMLTree? {
        let table = TOMLTree(.header)
        switch nodes[name] {
        case nil:
            let tables = Tables()
            tables.all.append(table)
            insert(name, .tables(tables))
        case .tables(let tables)?: tables.all.append(table)
        default: return nil
        }
        return table
    }
}
