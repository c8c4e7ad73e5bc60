import Crypto
import RegistryModel

/// Challenges of WebAuthn that nothing is written down for until one is answered.
///
/// 16 random bytes, the second at which it ends, and an HMAC over both and over what it is for, with the instance's key. An
/// answer notes the challenge's SHA-256 in the database, so that each is answered once, whichever node asks. Handing one
/// out to somebody unknown thus costs no write.
struct Challenge: Sendable {
    /// What a challenge is for, and for whom.
    enum Purpose: Hashable, Sendable {
        case create(session: Int64, use: WebAuthn.Use)
        case factor(session: Int64)
        case reset(link: Int64)
        case passkey

        fileprivate var text: String {
            switch self {
            case .create(let session, let use): "create \(session) \(use.rawValue)"
            case .factor(let session): "factor \(session)"
            case .reset(let link): "reset \(link)"
            case .passkey: "passkey"
            }
        }
    }

    /// How long one can be answered.
    static let seconds: Int64 = 300

    let bytes: [UInt8]
    let expiresAt: Timestamp

    /// What is noted of one that was answered.
    var hash: [UInt8] { Array(SHA256.hash(data: bytes)) }

    /// A new challenge.
    static func make(_ purpose: Purpose, key: AccountKey, random: any RandomSource, now: Timestamp) -> Challenge {
        let end = now.advanced(bySeconds: seconds).seconds
        let head = random.bytes(16) + withUnsafeBytes(of: end.bigEndian) { Array($0) }
        return Challenge(
            bytes: head + mac(head, purpose, key), expiresAt: Timestamp(seconds: end))
    }

    /// A challenge that came back, or nil where it was never made for that purpose, or has ended.
    static func open(_ bytes: [UInt8], _ purpose: Purpose, key: AccountKey, now: Timestamp) -> Challenge? {
        guard bytes.count == 56 else { return nil }
        let head = Array(bytes[..<24])
        guard constantTimeEqual(mac(head, purpose, key), Array(bytes[24...])) else { return nil }
        let end = Timestamp(seconds: head[16...].reduce(Int64(0)) { $0 << 8 | Int64($1) })
        return end > now ? Challenge(bytes: bytes, expiresAt: end) : nil
    }

    private static func mac(_ head: [UInt8], _ purpose: Purpose, _ key: AccountKey) -> [UInt8] {
        let message = Array("webauthn \(purpose.text)\u{0}".utf8) + head
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key.bytes)))
    }
}
