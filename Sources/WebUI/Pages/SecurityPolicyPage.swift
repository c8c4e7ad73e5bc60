/// How to report a weakness of this instance, and what whoever does may count on.
package struct SecurityPolicyPage: PageContent {
    package static let template = "security-policy"

    package let frame: PageFrame
    let contacts: [String]
    let hasContacts: Bool

    /// Describes the page.
    package init(contacts: [String], publicURL: String) {
        frame = PageFrame(
            title: "Reporting a weakness", publicURL: publicURL, canonicalPath: "/policies/security", section: .policy)
        self.contacts = contacts
        hasContacts = !contacts.isEmpty
    }
}
