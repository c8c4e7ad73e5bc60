/// One of the project's own documents.
package struct DocumentPage: PageContent {
    package static let template = "document"

    package let frame: PageFrame
    let html: String

    /// Describes the page of a document that is part of the binary, or returns nil where there is none of that name.
    package init?(_ name: String, publicURL: String) {
        guard let text = EmbeddedFiles.documents.first(where: { $0.name == name })?.text,
            let html = MarkdownRenderer(headingBase: 1, anchorPrefix: "").html(text)
        else { return nil }
        self.html = html
        let title = text.prefix { $0 != "\n" }.drop { $0 == "#" || $0 == " " }
        frame = PageFrame(title: String(title), publicURL: publicURL, canonicalPath: "/docs/\(name)")
    }
}
