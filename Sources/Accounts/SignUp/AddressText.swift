import RegistryModel

/// An address as it is compared, and its domain.
struct AddressText: Hashable, Sendable {
    let text: String
    /// The whole address in lower case: nobody gives two people addresses that differ in case.
    let key: String
    let domain: String

    /// Takes an address that mail can be handed over for.
    ///
    /// Throws ``Problem/Code/badRequest``.
    init(_ raw: String) throws(Problem) {
        let text = raw.filter { !$0.isWhitespace }
        guard MailAddress.isDeliverable(text), let domain = MailAddress.domain(of: text) else {
            throw Problem(.badRequest, "'\(raw.prefix(100))' is not an email address that can be used here.")
        }
        self.text = text
        self.domain = domain
        key = text.lowercased()
    }
}
