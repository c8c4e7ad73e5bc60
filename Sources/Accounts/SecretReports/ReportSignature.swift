import Crypto
import RegistryModel

/// The signature of a report: ECDSA on P-256, P-384 or P-521 with SHA-256, as base64 of DER, over the body as it came.
enum ReportSignature {
    static func isValid(_ signature: String, over body: [UInt8], key: SecretReporter.Key) -> Bool {
        guard let der = Base64Text.decode(signature) else { return false }
        let digest = SHA256.hash(data: body)
        if let key = try? P256.Signing.PublicKey(pemRepresentation: key.pem) {
            guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: der) else { return false }
            return key.isValidSignature(signature, for: digest)
        }
        if let key = try? P384.Signing.PublicKey(pemRepresentation: key.pem) {
            guard let signature = try? P384.Signing.ECDSASignature(derRepresentation: der) else { return false }
            return key.isValidSignature(signature, for: digest)
        }
        if let key = try? P521.Signing.PublicKey(pemRepresentation: key.pem) {
            guard let signature = try? P521.Signing.ECDSASignature(derRepresentation: der) else { return false }
            return key.isValidSignature(signature, for: digest)
        }
        return false
    }

    /// Whether a text is a public key that signatures can be checked with.
    static func isKey(_ pem: String) -> Bool {
        (try? P256.Signing.PublicKey(pemRepresentation: pem)) != nil
            || (try? P384.Signing.PublicKey(pemRepresentation: pem)) != nil
            || (try? P521.Signing.PublicKey(pemRepresentation: pem)) != nil
    }
}
