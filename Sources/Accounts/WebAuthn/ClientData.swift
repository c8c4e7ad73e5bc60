import Crypto
import RegistryModel

/// What the browser says about a ceremony: [WebAuthn, 5.8.1](https://www.w3.org/TR/webauthn-3/#dictdef-collectedclientdata).
struct ClientData: Sendable {
    /// The SHA-256 of the JSON text, which is what the authenticator signs.
    let hash: [UInt8]
    private let value: JSONValue

    /// The longest text that is read.
    static let maximumBytes = 8192

    init(_ bytes: [UInt8]) throws(CredentialFault) {
        guard bytes.count <= Self.maximumBytes, let value = try? JSONValue.parse(bytes), value.members != nil else {
            throw .malformed("client data that is no JSON object")
        }
        self.value = value
        hash = Array(SHA256.hash(data: bytes))
    }

    /// The challenge that was answered.
    var challenge: [UInt8]? { value["challenge"]?.stringValue.flatMap { Base64URL.decode($0) } }

    /// Checks type and origin.
    ///
    /// Pages in frames of other sites are refused: `crossOrigin`, and `topOrigin` in any case.
    func check(type: String, origin: Origin) throws(CredentialFault) {
        guard value["type"]?.stringValue == type else { throw .type }
        let found = value["origin"]?.stringValue ?? ""
        guard found == origin.text else { throw .origin(found) }
        guard value["crossOrigin"] == nil || value["crossOrigin"] == .bool(false), value["topOrigin"] == nil else {
            throw .crossOrigin
        }
    }
}
