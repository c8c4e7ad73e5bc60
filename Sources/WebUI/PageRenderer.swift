import Mustache

/// Renders pages from their templates.
///
/// Made once; rendering is pure.
package struct PageRenderer: Sendable {
    /// Addresses of the files that every page loads.
    private struct AssetAddresses {
        let style: String
        let script: String
        let mark: String
        let webauthn: String
    }

    /// What a template sees.
    private struct Context {
        let frame: PageFrame
        let page: any PageContent
        let assets: AssetAddresses
    }

    /// Escapes on bytes; see ``HTMLText/escape(_:)``.
    private struct StrictHTML: MustacheContentType {
        func escapeText(_ text: String) -> String { HTMLText.escape(text) }
    }

    /// The static files.
    package let assets: StaticAssets
    private let library: MustacheLibrary

    /// Parses the templates that are part of the binary.
    ///
    /// Throws swift-mustache's error for a template that cannot be parsed, which the tests rule out.
    package init() throws {
        let contentType = "STRICT_HTML"
        MustacheContentTypes.register(StrictHTML(), named: contentType)
        var library = MustacheLibrary()
        for (name, text) in EmbeddedFiles.templates {
            // Every template, partials too: a partial begins with swift-mustache's own content type again.
            try library.register("{{% CONTENT_TYPE: \(contentType)}}" + text, named: name)
        }
        self.library = library
        assets = StaticAssets()
    }

    /// The page as HTML.
    package func html(_ page: some PageContent) -> String {
        let context = Context(
            frame: page.frame, page: page,
            assets: AssetAddresses(
                style: assets.address(of: "style.css"), script: assets.address(of: "hallmark.js"),
                mark: assets.address(of: "mark.svg"), webauthn: assets.address(of: "webauthn.js")))
        return library.render(context, withTemplate: type(of: page).template) ?? ""
    }
}
