/// Every path of an archive so far, as the least forgiving file system would see them.
///
/// Two spellings are one place when they are equal after Unicode lower-casing, canonical composition (Swift compares
/// strings by canonical equivalence) and without trailing dots and spaces. A trie over components, so that the cost is
/// linear in the bytes of all paths, whatever their depth.
struct EntryTree {
    private struct Key: Hashable {
        let parent: Int
        let name: String
    }

    private struct Node {
        let id: Int
        let spelling: String
        let isDirectory: Bool
        /// Whether an entry of its own named it, rather than a longer path.
        var isExplicit: Bool
        let isFile: Bool
    }

    private var nodes: [Key: Node] = [:]
    private let foldsCase: Bool

    /// Starts without paths; for archives that no file system ever sees, case and trailing dots need not be folded.
    init(foldsCase: Bool = true) {
        self.foldsCase = foldsCase
    }

    /// Adds an entry: others may lie below a directory, and a hard link may name a file.
    mutating func insert(_ path: EntryPath, isDirectory: Bool, isFile: Bool) throws(ArchiveFault) {
        var parent = 0
        for (index, component) in path.components.enumerated() {
            let isLast = index == path.components.count - 1
            let key = Key(parent: parent, name: fold(component))
            if var node = nodes[key] {
                try check(node, component: component, path: path, isLast: isLast, isDirectory: isDirectory)
                node.isExplicit = node.isExplicit || isLast
                nodes[key] = node
                parent = node.id
            } else {
                let node = Node(
                    id: nodes.count + 1, spelling: component, isDirectory: !isLast || isDirectory, isExplicit: isLast,
                    isFile: isLast && isFile)
                nodes[key] = node
                parent = node.id
            }
        }
    }

    /// Whether an earlier entry is a regular file at exactly that path.
    func hasFile(at path: EntryPath) -> Bool {
        var parent = 0
        for (index, component) in path.components.enumerated() {
            guard let node = nodes[Key(parent: parent, name: fold(component))],
                node.spelling.utf8.elementsEqual(component.utf8)
            else { return false }
            if index == path.components.count - 1 { return node.isFile }
            parent = node.id
        }
        return false
    }

    private func check(_ node: Node, component: String, path: EntryPath, isLast: Bool, isDirectory: Bool)
        throws(ArchiveFault)
    {
        guard node.spelling.utf8.elementsEqual(component.utf8) else {
            throw .caseCollision(path: path.text, other: node.spelling)
        }
        if isLast {
            if node.isExplicit { throw .duplicate(path: path.text) }
            if !isDirectory { throw .fileAsDirectory(path: path.text) }
        } else if !node.isDirectory {
            throw .fileAsDirectory(path: path.text)
        }
    }

    private func fold(_ component: String) -> String {
        guard foldsCase else { return component }
        var name = component[...]
        while name.utf8.last == UInt8(ascii: ".") || name.utf8.last == UInt8(ascii: " ") { name.removeLast() }
        return name.lowercased()
    }
}
