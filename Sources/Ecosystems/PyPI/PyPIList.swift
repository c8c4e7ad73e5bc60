package import RegistryModel

/// Renders the list of all projects in pieces, so that it may be longer than memory.
package struct PyPIList: Sendable {
    private let index: PyPIIndex
    private let isJSON: Bool

    /// Renders for one mount, in JSON or in HTML.
    package init(_ index: PyPIIndex, isJSON: Bool) {
        self.index = index
        self.isJSON = isJSON
    }

    /// What comes before the first project.
    package var beginning: [UInt8] {
        guard isJSON else { return Array(PyPIIndex.top(title: "Simple index", head: "").utf8) }
        return Array("{\"meta\":".utf8) + PyPIIndex.meta.bytes() + Array(",\"projects\":[".utf8)
    }

    /// Some projects; `isFirst` says whether none came before them.
    package func piece(_ names: [ProjectName], isFirst: Bool) -> [UInt8] {
        var out: [UInt8] = []
        for (position, name) in names.enumerated() {
            if isJSON {
                if !isFirst || position > 0 { out.append(UInt8(ascii: ",")) }
                out += JSONValue.object([.init("name", .string(name.display))]).bytes()
            } else {
                let address = "\(index.base)/simple/\(PyPIIndex.segment(name.key))/"
                out += "    <a href=\"\(PyPIIndex.escaped(address))\">\(PyPIIndex.escaped(name.display))</a><br>\n".utf8
            }
        }
        return out
    }

    /// What comes behind the last project.
    package var end: [UInt8] { Array((isJSON ? "]}" : PyPIIndex.bottom).utf8) }

    /// The whole list.
    package func whole(_ names: [ProjectName]) -> [UInt8] { beginning + piece(names, isFirst: true) + end }
}
