import Crypto
import Foundation
import RegistryModel

/// A password in the one form in which it is hashed and compared.
///
/// Normalised by NFKC, as [NIST SP 800-63B-4, 3.1.1.2](https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver) allows,
/// so that one password typed on two keyboards is the same; beyond that as the OpaqueString profile of
/// [RFC 8265, 4.2](https://www.rfc-editor.org/rfc/rfc8265#section-4.2): case and every space are kept, and control
/// characters are refused. Its characters are counted as Unicode scalars after that.
struct PasswordText: Sendable {
    /// UTF-8, at most ``maximumBytes``.
    let bytes: [UInt8]
    private let text: String

    /// Longer ones are refused before anything is computed.
    static let maximumBytes = 1024

    /// Nil where the text is too long, empty, or holds a control character.
    init?(_ raw: String) {
        guard !raw.isEmpty, raw.utf8.count <= Self.maximumBytes else { return nil }
        let text = raw.precomposedStringWithCompatibilityMapping
        let hasControls = text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard text.utf8.count <= Self.maximumBytes, !hasControls else { return nil }
        self.text = text
        bytes = Array(text.utf8)
    }

    /// How many characters it has.
    var count: Int { text.unicodeScalars.count }

    /// Whether a name stands in it, letter case ignored; names of less than four characters are in too many words to count.
    func contains(name: String) -> Bool {
        name.count >= 4 && text.lowercased().contains(name.lowercased())
    }

    /// The SHA-1 as 40 upper-case hexadecimal digits, as lists of leaked passwords have it.
    var sha1: String { Hex.encode(Insecure.SHA1.hash(data: bytes)).uppercased() }
}
