import RegistryModel

/// Who messages come from: an address, and a name before it where the operator gives one.
package struct MailSender: Hashable, Sendable {
    /// The address alone.
    package let address: String
    /// The name, or empty.
    package let name: String

    /// Reads `ADDRESS` or `NAME <ADDRESS>`, or returns nil where it is neither.
    package init?(_ text: String) {
        let parts = text.split(separator: "<", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 {
            guard parts[1].hasSuffix(">") else { return nil }
            address = String(parts[1].dropLast())
            name = parts[0].split(separator: " ").joined(separator: " ")
        } else {
            address = text
            name = ""
        }
        guard MailAddress.isDeliverable(address), name.utf8.count <= 200,
            name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else { return nil }
    }

    /// What follows the `@`.
    var domain: String { MailAddress.domain(of: address) ?? "localhost" }
}
