import Crypto
import RegistryModel

/// The token in every form, which a page of another site cannot know: what it sends in somebody's name is refused.
///
/// It is an HMAC-SHA-256 over the purpose of the form, so that one form's token opens no other, with a key that only this
/// browser's session has; the key of those who are not signed in is in a cookie that no other site can read or set. Nothing
/// is stored.
package struct FormToken: Sendable {
    /// The field that carries it.
    package static let field = "form-token"

    private let key: [UInt8]

    /// Makes tokens with a key; an empty key makes none that counts.
    package init(key: [UInt8]) {
        self.key = key
    }

    /// The token for a form that is sent to `action`.
    package func token(for action: String) -> String { Hex.encode(code(action)) }

    /// Whether `text` is the token for a form that is sent to `action`, compared in constant time.
    package func accepts(_ text: String, for action: String) -> Bool {
        guard key.count >= 16, text.utf8.count == 64, let given = Hex.decode(text) else { return false }
        return constantTimeEqual(given, code(action))
    }

    private func code(_ action: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("form \(action)".utf8), using: SymmetricKey(data: key)))
    }
}
