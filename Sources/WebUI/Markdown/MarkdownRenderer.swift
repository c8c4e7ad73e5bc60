import CMarkdown

/// Turns a stranger's GitHub-flavoured Markdown into HTML that a page of ours can hold.
///
/// [CommonMark](https://spec.commonmark.org/0.31.2/) with the tables, strikethrough, bare addresses and task lists of
/// [GFM](https://github.github.com/gfm/), through libcmark-gfm in its safe mode. It differs from both on purpose:
///
/// - raw HTML is left out, not even kept as a comment;
/// - links keep only absolute `http`, `https` and `mailto` addresses and fragments of the text itself, and say
///   `rel="nofollow noopener"`; titles of links are dropped;
/// - images become links to the image: the page's Content-Security-Policy lets no reader's browser ask third parties;
/// - headings start below the page's own and never skip a level.
///
/// Bounded: a text that is too long, too deep, or of a shape on which the library takes more than linear time or memory
/// (see ``MarkdownShape``) is not rendered at all.
package struct MarkdownRenderer: Sendable {
    /// How many bytes of Markdown are rendered.
    package static let maximumBytes = 256 << 10
    /// How deep blocks and inlines may nest.
    static let maximumDepth = 100
    /// How many nodes a text may have.
    static let maximumNodes = 200_000

    /// Headings start at this level.
    private let headingBase: Int
    /// What headings' ids begin with.
    private let anchorPrefix: String

    /// Makes a renderer.
    /// - Parameters:
    ///   - headingBase: The level of the text's highest heading in the page, 1 to 6.
    ///   - anchorPrefix: Keeps the ids of headings apart from the page's own.
    package init(headingBase: Int = 3, anchorPrefix: String = "readme-") {
        self.headingBase = headingBase
        self.anchorPrefix = anchorPrefix
    }

    /// Renders a text.
    ///
    /// Takes milliseconds for a usual README and well under a second for the worst text that is accepted.
    /// - Returns: The HTML, or nil where the text exceeds a bound and should be shown as it was written.
    package func html(_ markdown: String) -> String? {
        guard markdown.utf8.count <= Self.maximumBytes else { return nil }
        let bytes = Self.normalized(markdown)
        guard let shape = MarkdownShape.of(bytes), let document = MarkdownDocument(bytes, shape: shape) else {
            return nil
        }
        return document.html(headingBase: headingBase, anchorPrefix: anchorPrefix)
    }

    /// The bytes with line feeds as the only line ends and without control characters, which no document may hold.
    private static func normalized(_ markdown: String) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(markdown.utf8.count)
        var previous: UInt8 = 0
        for byte in markdown.utf8 {
            switch byte {
            case 0x0D: out.append(0x0A)
            case 0x0A: if previous != 0x0D { out.append(byte) }
            case 0..<0x09, 0x0B..<0x20, 0x7F: break
            default: out.append(byte)
            }
            previous = byte
        }
        return out
    }
}
