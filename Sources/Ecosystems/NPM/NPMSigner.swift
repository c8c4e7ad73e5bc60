import Crypto
import Foundation
package import RegistryModel

/// The registry's own signature over what it serves, which `npm audit signatures` verifies.
///
/// A signature is ECDSA over P-256 with SHA-256, DER, base64, over `name@version:integrity`
/// ([npm: registry signatures](https://docs.npmjs.com/about-registry-signatures)). It is random, so it is made once, when
/// a release is published, and kept in the release's document: an index rendered twice has the same bytes.
package struct NPMSigner: Sendable {
    /// `SHA256:` and the base64 without padding of the SHA-256 of the public key as SSH writes it.
    package let keyID: String
    /// The public key as a DER-encoded SubjectPublicKeyInfo.
    package let publicKeySPKI: [UInt8]
    /// When the key was made.
    package let createdAt: Timestamp

    private let key: P256.Signing.PrivateKey

    /// Takes a key in its raw representation: the 32 bytes of the scalar.
    /// - Throws: The crypto library's error where the bytes are no key.
    package init(privateKey: [UInt8], createdAt: Timestamp) throws {
        key = try P256.Signing.PrivateKey(rawRepresentation: privateKey)
        self.createdAt = createdAt
        publicKeySPKI = Array(key.publicKey.derRepresentation)
        let fingerprint = SHA256.hash(data: Self.sshForm(key.publicKey))
        let text = Data(fingerprint).base64EncodedString()
        keyID = "SHA256:" + String(text.prefix { $0 != "=" })
    }

    /// The raw representation of a new key.
    package static func makePrivateKey() -> [UInt8] {
        Array(P256.Signing.PrivateKey().rawRepresentation)
    }

    /// Signs one release, whose integrity is `sha512-` and the base64 of the tarball's digest, as the index shows it.
    /// - Returns: The signature in base64.
    /// - Throws: The crypto library's error.
    package func sign(name: String, version: String, integrity: String) throws -> String {
        let signature = try key.signature(for: Data("\(name)@\(version):\(integrity)".utf8))
        return signature.derRepresentation.base64EncodedString()
    }

    /// The answer to `GET /-/npm/v1/keys`.
    package var keysDocument: JSONValue {
        [
            "keys": [
                [
                    "expires": nil, "keyid": .string(keyID), "keytype": "ecdsa-sha2-nistp256",
                    "scheme": "ecdsa-sha2-nistp256", "key": .string(Data(publicKeySPKI).base64EncodedString()),
                ]
            ]
        ]
    }

    /// The public key in SSH's wire form ([RFC 5656 §3.1](https://www.rfc-editor.org/rfc/rfc5656#section-3.1)).
    private static func sshForm(_ key: P256.Signing.PublicKey) -> [UInt8] {
        [Array("ecdsa-sha2-nistp256".utf8), Array("nistp256".utf8), Array(key.x963Representation)]
            .flatMap { field in
                let count = UInt32(truncatingIfNeeded: field.count)
                return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + field
            }
    }
}
