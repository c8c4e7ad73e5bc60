import Publishing
import RegistryModel

/// Reads the list of all projects page by page, one after the other.
actor PyPIListPages {
    private let list: PyPIList
    private let catalog: Catalog
    private let size: Int
    /// What was read and not yet handed out; nil once the end was handed out.
    private var page: [ProjectName]?
    private var isFirst = true

    /// Begins with a page that was read already.
    init(_ list: PyPIList, catalog: Catalog, first: [ProjectName], size: Int) {
        self.list = list
        self.catalog = catalog
        self.size = size
        page = first
    }

    /// The next piece of the document; nil behind the last.
    func next() async throws -> [UInt8]? {
        guard let names = page else { return nil }
        let before = isFirst ? list.beginning : []
        let piece = before + list.piece(names, isFirst: isFirst)
        isFirst = false
        guard names.count == size, let last = names.last else {
            page = nil
            return piece + list.end
        }
        page = try await catalog.names(PyPI.ecosystem, after: last.key, limit: size)
        return piece
    }
}
