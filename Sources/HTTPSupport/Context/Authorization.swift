package import Accounts

/// Reads credentials out of an `Authorization` header.
package enum Authorization {
    /// The longest header value that is looked at; tokens and user names are far shorter.
    package static let maximumLength = 4096

    /// The credential in a header value, or nil where there is none that could be one.
    ///
    /// Three forms are read: `Basic` ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617); the password is the token),
    /// `Bearer` ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750)), and the bare token that cargo sends. Clients of the
    /// Maven publisher portal send the content of Basic as `Bearer` or `UserToken`. Schemes are
    /// compared without regard to case. A scheme that is none of these gives no credential.
    package static func credential(from value: String?) -> Credential? {
        guard let value, !value.isEmpty, value.utf8.count <= maximumLength else { return nil }
        let trimmed = value.drop { $0 == " " || $0 == "\t" }
        guard let space = trimmed.firstIndex(of: " ") else {
            return isToken(trimmed) ? Credential(secret: String(trimmed), userName: nil) : nil
        }
        let rest = trimmed[space...].drop { $0 == " " }
        switch trimmed[..<space].lowercased() {
        case "basic", "usertoken": return basic(rest)
        case "bearer", "token":
            // Publishers' clients send user and token as for Basic; the text of a token is never valid base64.
            if let pair = basic(rest) { return pair }
            let token = trimmingTrailingSpaces(rest)
            return isToken(token) ? Credential(secret: String(token), userName: nil) : nil
        default: return nil
        }
    }

    private static func basic(_ encoded: Substring) -> Credential? {
        guard let bytes = Base64.decode(trimmingTrailingSpaces(encoded).utf8),
            let text = String(validating: bytes, as: UTF8.self),
            let colon = text.firstIndex(of: ":")
        else { return nil }
        let secret = trimmingTrailingSpaces(text[text.index(after: colon)...])
        let user = String(text[..<colon])
        guard isToken(secret) else { return nil }
        return Credential(secret: String(secret), userName: user.isEmpty ? nil : user)
    }

    private static func trimmingTrailingSpaces(_ text: Substring) -> Substring {
        var text = text
        while let last = text.last, last == " " || last == "\n" || last == "\r\n" { text.removeLast() }
        return text
    }

    /// Visible ASCII without spaces: every token has that form, and nothing else reaches the store.
    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
