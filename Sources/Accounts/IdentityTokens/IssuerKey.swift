import Crypto
import CryptoExtras
import Foundation
import RegistryModel

/// A public key of an issuer, with the one algorithm that it is used with.
struct IssuerKey: Sendable {
    /// The key's name; nil where the issuer gives it none.
    let id: String?
    private let kind: Kind

    private enum Kind: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
    }

    /// Sizes of RSA keys that are accepted: smaller ones are weak, larger ones cost a stranger nothing and us much.
    private static let rsaBits = 2048...8192

    /// Reads a JSON web key ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517),
    /// [RFC 7518, 6](https://www.rfc-editor.org/rfc/rfc7518#section-6)), or returns nil where it is not one that verifies
    /// signatures of the accepted kinds.
    init?(_ value: JSONValue) {
        if let use = value["use"], use.stringValue != "sig" { return nil }
        if let uses = value["key_ops"]?.arrayValue, !uses.contains("verify") { return nil }
        id = value["kid"]?.stringValue
        switch value["kty"]?.stringValue {
        case "RSA":
            guard let key = Self.rsa(value) else { return nil }
            kind = .rsa(key)
        case "EC":
            guard value["crv"]?.stringValue == "P-256", let x = Self.bytes(value["x"]), let y = Self.bytes(value["y"]),
                x.count == 32, y.count == 32, let key = try? P256.Signing.PublicKey(rawRepresentation: x + y)
            else { return nil }
            kind = .p256(key)
        default: return nil
        }
        if let named = value["alg"], named.stringValue != algorithm { return nil }
    }

    private static func rsa(_ value: JSONValue) -> _RSA.Signing.PublicKey? {
        guard let modulus = bytes(value["n"]), let exponent = bytes(value["e"]), modulus.first ?? 0 != 0,
            rsaBits.contains(modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)),
            (1...4).contains(exponent.count), exponent != [1],
            let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent)
        else { return nil }
        return key
    }

    private static func bytes(_ value: JSONValue?) -> [UInt8]? {
        value?.stringValue.flatMap { Base64URL.decode($0) }
    }

    /// `RS256` or `ES256`: the key decides, never the token.
    var algorithm: String {
        switch kind {
        case .rsa: "RS256"
        case .p256: "ES256"
        }
    }

    /// Whether the signature over those bytes is this key's.
    func verifies(_ signature: [UInt8], over bytes: [UInt8]) -> Bool {
        switch kind {
        case .rsa(let key):
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: bytes),
                padding: .insecurePKCS1v1_5)
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: SHA256.hash(data: bytes))
        }
    }
}
