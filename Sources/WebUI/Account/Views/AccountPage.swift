import HTTPSupport
package import RegistryModel

/// A page of somebody's own: made of parts, never kept, with the person's name in its head.
package struct AccountPage: PageContent {
    package static let template = "account"

    /// What happened with the last form, or what is wrong with this one.
    package struct Note: Sendable {
        let kind: String
        let icon: String
        let title: String
        let text: String?
        /// `status`, or `alert` for what must be heard at once.
        let role: String

        /// Something was done.
        package static func done(_ title: String) -> Note {
            Note(kind: "good", icon: "✓", title: title, text: nil, role: "status")
        }

        /// Something was refused.
        package static func refused(_ problem: Problem) -> Note {
            Note(kind: "stop", icon: "✕", title: problem.detail, text: nil, role: "alert")
        }
    }

    /// An entry of the menu beside the page.
    package struct Entry: Sendable {
        let label: String
        let href: String
        let isCurrent: Bool

        /// Describes an entry.
        package init(label: String, href: String, isCurrent: Bool) {
            self.label = label
            self.href = href
            self.isCurrent = isCurrent
        }
    }

    package let frame: PageFrame
    let heading: String
    let lead: String?
    let note: Note?
    let menu: [Entry]
    let hasMenu: Bool
    let blocks: [PageBlock]

    /// Describes a page.
    /// - Parameters:
    ///   - heading: Its heading and title.
    ///   - lead: One sentence below it.
    ///   - person: Who is signed in; nil where nobody is.
    ///   - note: What happened, or what is wrong.
    ///   - menu: The places beside it.
    ///   - blocks: Its parts.
    ///   - publicURL: The registry's address.
    package init(
        _ heading: String, lead: String? = nil, person: String? = nil, note: Note? = nil, menu: [Entry] = [],
        blocks: [PageBlock], publicURL: String
    ) {
        frame = PageFrame(
            title: heading, publicURL: publicURL, isIndexed: false, section: .account, person: person,
            usesWebAuthn: blocks.contains { $0.forms.contains { $0.ceremony != nil } })
        self.heading = heading
        self.lead = lead
        self.note = note
        self.menu = menu
        hasMenu = !menu.isEmpty
        self.blocks = blocks
    }
}
