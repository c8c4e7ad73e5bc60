import CMarkdown

/// A parsed text, owned for as long as it takes to rewrite and render it.
///
/// Every pointer to a node is valid while the instance lives: nodes that are taken out of the tree are freed with it.
/// The instance is used by one task and not shared.
final class MarkdownDocument {
    private typealias Node = OpaquePointer

    /// A node with what its surroundings mean for it.
    private struct Visit {
        let node: Node
        /// Whether a link or an image around it already is (or would be) a link.
        let isInsideLink: Bool
    }

    /// The extensions by the names under which the library registers them.
    private static let registered: Void = cmark_gfm_core_extensions_ensure_registered()

    private let parser: OpaquePointer
    private let root: Node
    private var detached: [Node] = []
    /// How many bytes of rewritten tags may still be made.
    private var tagBudget = 2 << 20
    /// Keeps a text's anchors apart from the page's own ids.
    private var anchorPrefix = ""

    /// Parses a text, or returns nil where the library cannot.
    init?(_ bytes: [UInt8], shape: MarkdownShape) {
        _ = Self.registered
        guard let parser = cmark_parser_new(CMARK_OPT_DEFAULT) else { return nil }
        var names = ["strikethrough", "tasklist"]
        if shape.allowsTables { names.append("table") }
        if shape.allowsAutolinks { names.append("autolink") }
        for name in names {
            guard let syntax = cmark_find_syntax_extension(name) else { continue }
            cmark_parser_attach_syntax_extension(parser, syntax)
        }
        bytes.withUnsafeBytes { buffer in
            cmark_parser_feed(parser, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
        }
        guard let root = cmark_parser_finish(parser) else {
            cmark_parser_free(parser)
            return nil
        }
        self.parser = parser
        self.root = root
    }

    deinit {
        for node in detached { cmark_node_free(node) }
        cmark_node_free(root)
        cmark_parser_free(parser)
    }

    /// Rewrites the tree and renders it, or returns nil where it is too deep or too large.
    func html(headingBase: Int, anchorPrefix: String) -> String? {
        self.anchorPrefix = anchorPrefix
        guard let visits = visits() else { return nil }
        let anchors = rewriteHeadings(visits, base: headingBase)
        for visit in visits {
            switch cmark_node_get_type(visit.node) {
            case CMARK_NODE_HTML_BLOCK, CMARK_NODE_HTML_INLINE: detach(visit.node)
            case CMARK_NODE_LINK: rewriteLink(visit, anchors: anchors)
            case CMARK_NODE_IMAGE: rewriteImage(visit)
            case CMARK_NODE_ITEM: rewriteTask(visit.node)
            default: break
            }
        }
        guard tagBudget >= 0 else { return nil }
        let extensions = cmark_parser_get_syntax_extensions(parser)
        guard let rendered = cmark_render_html(root, CMARK_OPT_DEFAULT, extensions) else { return nil }
        defer { cmark_get_default_mem_allocator().pointee.free(rendered) }
        // References (`&#12;`) name control characters that the text itself could not have.
        let text = String(cString: rendered)
        guard text.utf8.contains(where: Self.isControl) else { return text }
        return String(decoding: text.utf8.filter { !Self.isControl($0) }, as: UTF8.self)
    }

    private static func isControl(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != 0x0A && byte != 0x09 || byte == 0x7F
    }

    /// Every node in the order of the text, or nil where there are too many or they nest too deep.
    private func visits() -> [Visit]? {
        guard let iterator = cmark_iter_new(root) else { return nil }
        defer { cmark_iter_free(iterator) }
        var out: [Visit] = []
        var depth = 0
        var links = 0
        while true {
            let event = cmark_iter_next(iterator)
            guard event != CMARK_EVENT_DONE, let node = cmark_iter_get_node(iterator) else { return out }
            let type = cmark_node_get_type(node)
            let isLink = type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE
            if event == CMARK_EVENT_EXIT {
                depth -= 1
                if isLink { links -= 1 }
                continue
            }
            out.append(Visit(node: node, isInsideLink: links > 0))
            guard out.count <= MarkdownRenderer.maximumNodes, depth <= MarkdownRenderer.maximumDepth else { return nil }
            if !Self.isLeaf(node) {
                depth += 1
                if isLink { links += 1 }
            }
        }
    }

    /// Whether the iterator gives the node no exit event.
    private static func isLeaf(_ node: Node) -> Bool {
        switch cmark_node_get_type(node) {
        case CMARK_NODE_HTML_BLOCK, CMARK_NODE_THEMATIC_BREAK, CMARK_NODE_CODE_BLOCK, CMARK_NODE_TEXT,
            CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK, CMARK_NODE_CODE, CMARK_NODE_HTML_INLINE:
            true
        default: false
        }
    }

    // MARK: Rewriting

    /// Moves headings below the page's own without skipping a level, and gives each an anchor.
    /// - Returns: The anchors.
    private func rewriteHeadings(_ visits: [Visit], base: Int) -> Set<String> {
        var anchors: Set<String> = []
        var used: [String: Int] = [:]
        var previous = base - 1
        for visit in visits where cmark_node_get_type(visit.node) == CMARK_NODE_HEADING {
            let wanted = Int(cmark_node_get_heading_level(visit.node)) + base - 1
            previous = max(base, min(wanted, previous + 1, 6))
            cmark_node_set_heading_level(visit.node, CInt(previous))
            let slug = Self.slug(text(of: visit.node))
            guard !slug.isEmpty else { continue }
            let repeats = used[slug, default: 0]
            used[slug] = repeats + 1
            let anchor = repeats == 0 ? slug : "\(slug)-\(repeats)"
            guard anchors.insert(anchor).inserted else { continue }
            if let mark = inline(enter: "<span id=\"\(anchorPrefix)\(HTMLText.escape(anchor))\"></span>", exit: "") {
                cmark_node_prepend_child(visit.node, mark)
            }
        }
        return anchors
    }

    private func rewriteLink(_ visit: Visit, anchors: Set<String>) {
        guard !visit.isInsideLink else { return replace(visit.node, enter: "", exit: "") }
        let target = string(cmark_node_get_url(visit.node))
        if target.hasPrefix("#") {
            let anchor = Self.slug(String(target.dropFirst()))
            guard anchors.contains(anchor) else { return replace(visit.node, enter: "", exit: "") }
            let tag = "<a href=\"#\(anchorPrefix)\(HTMLText.escape(anchor))\">"
            return replace(visit.node, enter: tag, exit: "</a>")
        }
        guard let address = LinkPolicy.web(target) ?? LinkPolicy.mail(target) else {
            return replace(visit.node, enter: "", exit: "")
        }
        replace(
            visit.node, enter: "<a href=\"\(HTMLText.escape(address))\" rel=\"nofollow noopener\">", exit: "</a>")
    }

    private func rewriteImage(_ visit: Visit) {
        let label = text(of: visit.node).isEmpty ? "image" : ""
        guard !visit.isInsideLink, let address = LinkPolicy.web(string(cmark_node_get_url(visit.node))) else {
            return replace(visit.node, enter: "<span class=\"image\">" + label, exit: "</span>")
        }
        let tag = "<a class=\"image\" href=\"\(HTMLText.escape(address))\" rel=\"nofollow noopener\">"
        replace(visit.node, enter: tag + label, exit: "</a>")
    }

    /// Shows a task's state as a sign with a name, where the library would make a form control without one.
    private func rewriteTask(_ item: Node) {
        guard string(cmark_node_get_type_string(item)) == "tasklist" else { return }
        let isDone = cmark_gfm_extensions_get_tasklist_item_checked(item)
        cmark_node_set_syntax_extension(item, nil)
        let sign =
            isDone
            ? "<span class=\"task\" role=\"img\" aria-label=\"done\">☑</span> "
            : "<span class=\"task\" role=\"img\" aria-label=\"to do\">☐</span> "
        guard let first = cmark_node_first_child(item), cmark_node_get_type(first) == CMARK_NODE_PARAGRAPH,
            let mark = inline(enter: sign, exit: "")
        else { return }
        cmark_node_prepend_child(first, mark)
    }

    // MARK: Nodes

    private func inline(enter: String, exit: String) -> Node? {
        tagBudget -= enter.utf8.count + exit.utf8.count
        guard tagBudget >= 0, let node = cmark_node_new(CMARK_NODE_CUSTOM_INLINE) else { return nil }
        cmark_node_set_on_enter(node, enter)
        cmark_node_set_on_exit(node, exit)
        return node
    }

    /// Puts the children of `node` between two tags in its place.
    private func replace(_ node: Node, enter: String, exit: String) {
        guard let wrapper = inline(enter: enter, exit: exit) else { return detach(node) }
        while let child = cmark_node_first_child(node) {
            guard cmark_node_append_child(wrapper, child) == 1 else {
                detach(child)
                continue
            }
        }
        guard cmark_node_replace(node, wrapper) == 1 else {
            detached.append(wrapper)
            return detach(node)
        }
        detached.append(node)
    }

    private func detach(_ node: Node) {
        cmark_node_unlink(node)
        detached.append(node)
    }

    /// The text below a node.
    private func text(of node: Node) -> String {
        guard let iterator = cmark_iter_new(node) else { return "" }
        defer { cmark_iter_free(iterator) }
        var out = ""
        while true {
            let event = cmark_iter_next(iterator)
            guard event != CMARK_EVENT_DONE, let found = cmark_iter_get_node(iterator) else { return out }
            let type = cmark_node_get_type(found)
            if event == CMARK_EVENT_ENTER, type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE {
                out += string(cmark_node_get_literal(found))
            }
        }
    }

    private func string(_ text: UnsafePointer<CChar>?) -> String {
        text.map { String(cString: $0) } ?? ""
    }

    // MARK: Anchors

    /// A heading's anchor as GitHub makes it: lower case, hyphens for spaces, no punctuation; at most 80 characters.
    private static func slug(_ text: String) -> String {
        var out = ""
        for scalar in text.lowercased().unicodeScalars.prefix(80) {
            if scalar == " " {
                out.append("-")
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "-"
                || scalar == "_"
            {
                out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
