/// One part of an account page: what is said, what is listed, and what can be done.
package struct PageBlock: Sendable {
    /// A name with its value.
    package struct Fact: Sendable {
        let label: String
        let text: String
        let href: String?
        let isMono: Bool

        /// Describes a fact.
        package init(_ label: String, _ text: String, href: String? = nil, isMono: Bool = false) {
            self.label = label
            self.text = text
            self.href = href
            self.isMono = isMono
        }
    }

    /// A place to go.
    package struct Link: Sendable {
        let label: String
        let href: String
        let hint: String?

        /// Describes a link.
        package init(_ label: String, _ href: String, hint: String? = nil) {
            self.label = label
            self.href = href
            self.hint = hint
        }
    }

    let heading: String?
    let anchor: String
    var paragraphs: [String]
    var warning: String?
    var facts: [Fact]
    let hasFacts: Bool
    var table: PageTable?
    /// What is shown once, to be copied.
    var secret: String?
    /// Codes to be printed.
    var codes: [String]
    let hasCodes: Bool
    /// An image that we drew.
    var svg: String?
    var links: [Link]
    let hasLinks: Bool
    var forms: [FormView]
    var empty: String?

    /// Describes a part; `anchor` makes its id and must be given where two parts have the same heading.
    package init(
        _ heading: String? = nil, anchor: String? = nil, _ paragraphs: [String] = [], warning: String? = nil,
        facts: [Fact] = [], table: PageTable? = nil, secret: String? = nil, codes: [String] = [], svg: String? = nil,
        links: [Link] = [], forms: [FormView] = [], empty: String? = nil
    ) {
        self.heading = heading
        self.anchor = anchor ?? Self.slug(heading ?? "part")
        self.paragraphs = paragraphs
        self.warning = warning
        self.facts = facts
        hasFacts = !facts.isEmpty
        self.table = table.flatMap { $0.rows.isEmpty ? nil : $0 }
        self.secret = secret
        self.codes = codes
        hasCodes = !codes.isEmpty
        self.svg = svg
        self.links = links
        hasLinks = !links.isEmpty
        self.forms = forms
        self.empty = table.map(\.rows.isEmpty) == true ? empty : nil
    }

    /// Describes a part without a heading.
    package init(
        _ paragraphs: [String], facts: [Fact] = [], links: [Link] = [], forms: [FormView] = []
    ) {
        self.init(nil, paragraphs, facts: facts, links: links, forms: forms)
    }

    private static func slug(_ text: String) -> String {
        let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return "b-" + words.joined(separator: "-")
    }
}
