package import RegistryModel

/// A readme as HTML, or as the text it is.
package struct ReadmeView: Sendable {
    /// Rendered Markdown.
    let html: String?
    /// The text of any other format, and of Markdown that was not rendered.
    let text: String?
    /// What to know about how it is shown.
    let note: String?

    /// How many bytes of plain text are shown.
    static let maximumBytes = 512 << 10

    /// Renders a readme; an empty one is none.
    package init?(_ readme: Readme?) {
        guard let readme, readme.text.contains(where: { !$0.isWhitespace }) else { return nil }
        let isMarkdown = readme.mediaType.lowercased().hasPrefix("text/markdown")
        if isMarkdown, let html = MarkdownRenderer(headingBase: 3).html(readme.text) {
            self.init(html: html, text: nil, note: nil)
            return
        }
        let isCut = readme.text.utf8.count > Self.maximumBytes
        let text = isCut ? Self.prefix(of: readme.text) : readme.text
        let notes = [
            isMarkdown
                ? "This readme is too long or too deeply nested to be laid out, so it is shown as it was written."
                : nil,
            isCut
                ? "Only its first \(Quantity.size(Int64(Self.maximumBytes))) are shown; the files hold the rest." : nil,
        ]
        self.init(
            html: nil, text: text,
            note: notes.contains { $0 != nil } ? notes.compactMap(\.self).joined(separator: " ") : nil)
    }

    private init(html: String?, text: String?, note: String?) {
        self.html = html
        self.text = text
        self.note = note
    }

    private static func prefix(of text: String) -> String {
        let limit = text.utf8.index(text.utf8.startIndex, offsetBy: maximumBytes)
        return String(decoding: text.utf8[..<limit], as: UTF8.self)
    }
}
