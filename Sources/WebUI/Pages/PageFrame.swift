/// What a page has around its content.
package struct PageFrame: Sendable {
    /// The part of the site that the navigation marks.
    package enum Section: Sendable {
        case none, help, policy, account
    }

    /// The document's title, without the site's name.
    package let title: String
    /// For search engines and link previews.
    package let summary: String?
    /// The address of record, absolute.
    package let canonical: String?
    /// Whether search engines may keep it.
    package let isIndexed: Bool
    /// What the search field in the page's head holds.
    package let query: String
    /// Whether the page's head has a search field; pages that are a search have their own.
    package let hasSearch: Bool
    package let publicURL: String
    let isHelp: Bool
    let isPolicy: Bool
    let isAccount: Bool
    /// Who is signed in; only on pages that are for one person and never kept.
    let person: String?
    /// Whether the page asks the browser for a passkey or a security key.
    let usesWebAuthn: Bool

    /// Collects the values.
    package init(
        title: String, publicURL: String, summary: String? = nil, canonicalPath: String? = nil, isIndexed: Bool = true,
        query: String = "", hasSearch: Bool = true, section: Section = .none, person: String? = nil,
        usesWebAuthn: Bool = false
    ) {
        self.title = title.isEmpty ? "Hallmark" : "\(title) · Hallmark"
        self.summary = summary
        self.canonical = canonicalPath.map { publicURL + $0 }
        self.isIndexed = isIndexed
        self.query = query
        self.hasSearch = hasSearch
        self.publicURL = publicURL
        self.isHelp = section == .help
        self.isPolicy = section == .policy
        self.isAccount = section == .account
        self.person = person
        self.usesWebAuthn = usesWebAuthn
    }
}

/// What a template shows; its stored properties are the template's words.
///
/// The template looks a word up in the innermost value first and then outwards, and a nil is not found: a template writes
/// a leading dot (`{{.reason}}`) where an outer value of the same name must not step in.
package protocol PageContent: Sendable {
    /// The name of the template.
    static var template: String { get }
    /// What surrounds it.
    var frame: PageFrame { get }
}
