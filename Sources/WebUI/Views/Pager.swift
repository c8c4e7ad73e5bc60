/// Links to the pages before and after.
package struct Pager: Equatable, Sendable {
    /// The page before, where there is one.
    package let previous: String?
    /// The page after, where there is one.
    package let next: String?
    /// Where the reader is: `Page 2 of 9`.
    package let text: String
    /// What the first link says.
    var previousText = "Previous"
    /// What the second link says.
    var nextText = "Next"

    /// Makes links for page `page` of a list; nil where the list has one page.
    static func of(_ total: Int, size: Int, page: Int, address: (Int) -> String) -> Pager? {
        let pages = max(1, (total + size - 1) / size)
        guard pages > 1 else { return nil }
        return Pager(
            previous: page > 1 ? address(min(page - 1, pages)) : nil, next: page < pages ? address(page + 1) : nil,
            text: "Page \(page) of \(pages)")
    }
}
