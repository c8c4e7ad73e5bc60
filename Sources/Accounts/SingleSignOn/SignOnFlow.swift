import Crypto
import RegistryModel

/// One sign-in on its way, kept by the browser alone, in a sealed cookie.
///
/// The cookie ties the answer to the browser that asked: nobody can be signed in by a link that somebody else began.
struct SignOnFlow: Hashable {
    let state: String
    let nonce: String
    /// The secret of PKCE ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)).
    let verifier: String
    /// The account that the identity is to be linked to, where somebody is signed in and asks for that.
    let userID: Int64?
    let expiresAt: Timestamp
    /// The page to go to afterwards.
    let next: String

    /// How long an issuer may take.
    static let seconds: Int64 = 600
    private static let place = "single-sign-on"

    /// Begins one.
    init(userID: Int64?, next: String, at now: Timestamp, random: any RandomSource) {
        state = Base64URL.encode(random.bytes(32))
        nonce = Base64URL.encode(random.bytes(32))
        verifier = Base64URL.encode(random.bytes(32))
        self.userID = userID
        self.next = next
        expiresAt = now.advanced(bySeconds: Self.seconds)
    }

    /// What PKCE shows beforehand (`S256`).
    var challenge: String { Base64URL.encode(Array(SHA256.hash(data: Array(verifier.utf8)))) }

    /// The cookie's value.
    func sealed(by secrets: any SecretBox) throws -> String {
        let value = JSONValue.compactObject([
            ("state", .string(state)), ("nonce", .string(nonce)), ("verifier", .string(verifier)),
            ("user", userID.map { .string(String($0)) }), ("expires", .integer(expiresAt.seconds)),
            ("next", .string(next)),
        ])
        return Base64URL.encode(try secrets.seal(value.bytes(), for: Self.place))
    }

    /// Reads a cookie, or returns nil where it is none of ours.
    init?(_ cookie: String, secrets: any SecretBox) {
        guard cookie.utf8.count <= 4096, let sealed = Base64URL.decode(cookie),
            let bytes = try? secrets.open(sealed, for: Self.place), let value = try? JSONValue.parse(bytes),
            let state = value["state"]?.stringValue, let nonce = value["nonce"]?.stringValue,
            let verifier = value["verifier"]?.stringValue, let expires = value["expires"]?.integerValue
        else { return nil }
        self.state = state
        self.nonce = nonce
        self.verifier = verifier
        userID = value["user"]?.stringValue.flatMap { Int64($0) }
        expiresAt = Timestamp(seconds: expires)
        next = value["next"]?.stringValue ?? ""
    }
}
