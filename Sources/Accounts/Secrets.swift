import Crypto
import RegistryModel

/// Random secrets that people and browsers carry: 256 bits as URL-safe base64, of which only the SHA-256 is stored.
enum Secrets {
    /// A new secret.
    static func make(random: any RandomSource) -> String { Base64URL.encode(random.bytes(32)) }

    /// What is stored of a secret.
    static func hash(_ secret: String) -> [UInt8] { Array(SHA256.hash(data: Array(secret.utf8))) }

    /// Whether a text can be a secret; nothing else is looked up.
    static func isWellFormed(_ secret: String) -> Bool {
        secret.utf8.count == 43 && Base64URL.decode(secret) != nil
    }
}
