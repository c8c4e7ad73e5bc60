import Crypto
package import RegistryModel

/// An identity token that has been read and not verified: nothing in it may be believed.
///
/// The compact form of [RFC 7515, 7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1), read strictly: at most
/// 16 KiB, three parts, base64url without padding, JSON objects without repeated members. Fields of the header that name a
/// key (`jku`, `jwk`, `x5u`, `x5c`) are never looked at, and one with `crit` is refused.
package struct IdentityToken: Hashable, Sendable {
    /// How long a token may be.
    package static let maximumBytes = 16 << 10
    private static let depth = 16

    /// Who claims to have issued it.
    package let issuer: String
    let algorithm: String
    let keyID: String?
    let claims: JSONValue
    let signature: [UInt8]
    /// What is signed.
    let signed: [UInt8]
    /// The SHA-256 of the text.
    let hash: [UInt8]

    /// Reads a token.
    /// - Throws: ``IdentityTokenFault/malformed(_:)`` or ``IdentityTokenFault/claim(_:)``.
    package init(_ text: String) throws(IdentityTokenFault) {
        guard text.utf8.count <= Self.maximumBytes else { throw .malformed("it is too long") }
        let parts = text.split(separator: ".", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("it has not three parts") }
        let header = try Self.object(parts[0], "header")
        guard let algorithm = header["alg"]?.stringValue else { throw .malformed("header") }
        guard header["crit"] == nil else { throw .malformed("its header has 'crit'") }
        if let type = header["typ"] {
            guard let name = type.stringValue?.lowercased(), name == "jwt" || name == "application/jwt" else {
                throw .malformed("its type is not JWT")
            }
        }
        keyID = try Self.keyID(header["kid"])
        claims = try Self.object(parts[1], "claims")
        guard let signature = Base64URL.decode(parts[2]), !signature.isEmpty else { throw .malformed("signature") }
        guard let issuer = claims["iss"]?.stringValue, (1...512).contains(issuer.utf8.count) else {
            throw .claim("iss")
        }
        self.issuer = issuer
        self.algorithm = algorithm
        self.signature = signature
        signed = Array("\(parts[0]).\(parts[1])".utf8)
        hash = Array(SHA256.hash(data: Array(text.utf8)))
    }

    private static func object(_ part: Substring, _ name: String) throws(IdentityTokenFault) -> JSONValue {
        guard let bytes = Base64URL.decode(part),
            let value = try? JSONValue.parse(bytes, maximumBytes: maximumBytes, maximumDepth: depth),
            value.members != nil
        else { throw .malformed(name) }
        return value
    }

    private static func keyID(_ value: JSONValue?) throws(IdentityTokenFault) -> String? {
        guard let value else { return nil }
        guard let text = value.stringValue, (1...512).contains(text.utf8.count) else { throw .malformed("header") }
        return text
    }
}

extension IdentityToken {
    /// Whether a token's signature is that of a JSON web key, whatever the token says; for tests against vectors.
    package static func verifies(_ text: String, with key: JSONValue) -> Bool {
        guard let token = try? IdentityToken(text), let key = IssuerKey(key), key.algorithm == token.algorithm else {
            return false
        }
        return key.verifies(token.signature, over: token.signed)
    }
}
