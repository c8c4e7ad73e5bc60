import Crypto
import CryptoExtras

/// The public key of a credential, read from its COSE form ([RFC 9053](https://www.rfc-editor.org/rfc/rfc9053),
/// [WebAuthn, 5.8.5](https://www.w3.org/TR/webauthn-3/#sctn-alg-identifier)).
package struct CredentialKey: Hashable, Sendable {
    /// The algorithms that are accepted, in the order in which they are asked for.
    package enum Algorithm: Int64, CaseIterable, Sendable {
        case es256 = -7
        case eddsa = -8
        case es384 = -35
        case rs256 = -257
    }

    /// What it signs with.
    package let algorithm: Algorithm
    /// Both coordinates; 32 bytes; or the modulus before the exponent, whose length is the first byte.
    package let bytes: [UInt8]

    /// Takes a key as it was stored.
    package init?(algorithm: Int64, bytes: [UInt8]) {
        guard let algorithm = Algorithm(rawValue: algorithm) else { return nil }
        self.algorithm = algorithm
        self.bytes = bytes
    }

    /// Reads a COSE key.
    ///
    /// Throws ``CredentialFault`` for other algorithms and curves, and for points that are not on their curve.
    package init(_ cose: CBOR) throws(CredentialFault) {
        guard let number = cose[.integer(3)]?.integerValue else { throw .malformed("the key names no algorithm") }
        guard let algorithm = Algorithm(rawValue: number) else { throw .algorithm(number) }
        self.algorithm = algorithm
        switch algorithm {
        case .es256: bytes = try Self.point(cose, curve: 1, size: 32)
        case .es384: bytes = try Self.point(cose, curve: 2, size: 48)
        case .eddsa:
            guard cose[.integer(1)] == .integer(1), cose[.integer(-1)] == .integer(6),
                let x = cose[.integer(-2)]?.bytesValue, x.count == 32
            else { throw .algorithm(number) }
            bytes = x
        case .rs256: bytes = try Self.modulus(cose)
        }
        guard isUsable else { throw .malformed("the key is not a key of its algorithm") }
    }

    private static func point(_ cose: CBOR, curve: Int64, size: Int) throws(CredentialFault) -> [UInt8] {
        guard cose[.integer(1)] == .integer(2), cose[.integer(-1)] == .integer(curve),
            let x = cose[.integer(-2)]?.bytesValue, let y = cose[.integer(-3)]?.bytesValue, x.count == size,
            y.count == size
        else { throw .malformed("the key's curve is not the one of its algorithm") }
        return x + y
    }

    private static func modulus(_ cose: CBOR) throws(CredentialFault) -> [UInt8] {
        guard cose[.integer(1)] == .integer(3), let modulus = cose[.integer(-1)]?.bytesValue,
            let exponent = cose[.integer(-2)]?.bytesValue, (256...512).contains(modulus.count), modulus[0] != 0,
            (1...4).contains(exponent.count)
        else { throw .malformed("RSA keys have 2048 to 4096 bits") }
        return [UInt8(exponent.count)] + exponent + modulus
    }

    /// The modulus and the exponent of an RSA key.
    var rsa: (modulus: [UInt8], exponent: [UInt8])? {
        guard algorithm == .rs256, let count = bytes.first.map(Int.init), bytes.count > count + 1 else { return nil }
        return (Array(bytes[(count + 1)...]), Array(bytes[1...count]))
    }

    private var isUsable: Bool {
        switch algorithm {
        case .es256: (try? P256.Signing.PublicKey(rawRepresentation: bytes)) != nil
        case .es384: (try? P384.Signing.PublicKey(rawRepresentation: bytes)) != nil
        case .eddsa: (try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)) != nil
        case .rs256: rsa.flatMap { try? _RSA.Signing.PublicKey(n: $0.modulus, e: $0.exponent) } != nil
        }
    }
}

/// Why an authenticator's answer is refused.
package enum CredentialFault: Error, Hashable {
    case malformed(String)
    /// A COSE algorithm that is not accepted.
    case algorithm(Int64)
    case type
    case challenge
    case origin(String)
    case crossOrigin
    case relyingParty
    case notPresent
    case notVerified
    /// Flags that cannot be together, or that changed.
    case backupFlags
    case credentialID
    case userHandle
    case signature
    case unknownCredential
    case notDiscoverable
}
