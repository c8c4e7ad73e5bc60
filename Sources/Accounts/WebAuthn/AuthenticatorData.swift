import Crypto

/// What an authenticator says and signs: [WebAuthn, 6.1](https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data).
package struct AuthenticatorData: Sendable {
    let relyingPartyHash: [UInt8]
    /// What the authenticator did, bit by bit.
    package let flags: UInt8
    /// How often it signed; 0 where it does not count.
    package let signCount: Int64
    let attested: AttestedCredential?

    /// A credential that was just made.
    struct AttestedCredential: Sendable {
        let aaguid: [UInt8]
        let credentialID: [UInt8]
        let key: CBOR
    }

    /// The longest credential id ([WebAuthn, 7.1](https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential)).
    static let maximumIDBytes = 1023
    /// The longest data that is read.
    static let maximumBytes = 16_384

    /// Whether somebody was there.
    package var isPresent: Bool { flags & 0x01 != 0 }
    /// Whether it knows who.
    package var isVerified: Bool { flags & 0x04 != 0 }
    /// Whether the key may be copied to other devices of its owner.
    package var isBackupEligible: Bool { flags & 0x08 != 0 }
    /// Whether it was.
    package var isBackedUp: Bool { flags & 0x10 != 0 }

    /// Reads the data to its last byte.
    init(_ bytes: [UInt8]) throws(CredentialFault) {
        guard (37...Self.maximumBytes).contains(bytes.count) else {
            throw .malformed("authenticator data of a wrong length")
        }
        relyingPartyHash = Array(bytes[..<32])
        flags = bytes[32]
        signCount = bytes[33..<37].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        var rest = Array(bytes[37...])
        if flags & 0x40 != 0 {
            let (credential, length) = try Self.attested(rest)
            attested = credential
            rest = Array(rest[length...])
        } else {
            attested = nil
        }
        if flags & 0x80 != 0 {
            guard let extensions = try? CBOR.parse(rest), case .map = extensions else {
                throw .malformed("extensions that are no map")
            }
        } else if !rest.isEmpty {
            throw .malformed("bytes after the authenticator data")
        }
    }

    private static func attested(_ bytes: [UInt8]) throws(CredentialFault) -> (AttestedCredential, Int) {
        guard bytes.count >= 18 else { throw .malformed("attested credential data that is too short") }
        let length = Int(bytes[16]) << 8 | Int(bytes[17])
        guard (1...maximumIDBytes).contains(length), bytes.count >= 18 + length else { throw .credentialID }
        let id = Array(bytes[18..<18 + length])
        guard let key = try? CBOR.parsePrefix(Array(bytes[(18 + length)...])) else {
            throw .malformed("a key that is no CBOR")
        }
        let credential = AttestedCredential(aaguid: Array(bytes[..<16]), credentialID: id, key: key.item)
        return (credential, 18 + length + key.length)
    }

    /// Checks what both ceremonies check: relying party, presence, verification and the backup flags (§7.1, 15–19; §7.2).
    func check(relyingParty: String, needsUserVerification: Bool) throws(CredentialFault) {
        let expected = Array(SHA256.hash(data: Array(relyingParty.utf8)))
        guard relyingPartyHash == expected else { throw .relyingParty }
        guard isPresent else { throw .notPresent }
        guard isVerified || !needsUserVerification else { throw .notVerified }
        guard isBackupEligible || !isBackedUp else { throw .backupFlags }
    }
}
