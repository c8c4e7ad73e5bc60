import Crypto
import CryptoExtras
import Foundation
package import RegistryModel

/// A key of a ``TestIssuer``, and what it signs.
package struct TestSigner: Sendable {
    /// The algorithms that Hallmark accepts.
    package enum Algorithm: String, CaseIterable, Sendable {
        case rs256 = "RS256"
        case es256 = "ES256"
    }

    private enum Key: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
    }

    /// The key's name.
    package let id: String
    private let key: Key

    /// Keys of RSA take long to make, so a process has a few that all tests share.
    private static let shared: [_RSA.Signing.PrivateKey] = (0..<5).compactMap { _ in
        try? _RSA.Signing.PrivateKey(keySize: .bits2048)
    }

    /// A key; RSA keys of numbers that leave the same rest by 5 are the same.
    package init(_ algorithm: Algorithm, id: String, number: Int = 0) {
        self.id = id
        key =
            switch algorithm {
            case .rs256: .rsa(Self.shared[number % Self.shared.count])
            case .es256: .p256(P256.Signing.PrivateKey())
            }
    }

    /// The public half as a JSON web key.
    package var publicJWK: JSONValue {
        switch key {
        case .rsa(let key):
            let parts = try? key.publicKey.getKeyPrimitives()
            return [
                "kty": "RSA", "use": "sig", "alg": "RS256", "kid": .string(id),
                "n": .string(Base64URL.encode(parts?.modulus ?? Data())),
                "e": .string(Base64URL.encode(parts?.publicExponent ?? Data())),
            ]
        case .p256(let key):
            let raw = key.publicKey.rawRepresentation
            return [
                "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": .string(id),
                "x": .string(Base64URL.encode(raw.prefix(32))), "y": .string(Base64URL.encode(raw.suffix(32))),
            ]
        }
    }

    /// The name of the algorithm that fits the key.
    package var algorithm: String {
        switch key {
        case .rsa: "RS256"
        case .p256: "ES256"
        }
    }

    /// A token with those claims; `header` replaces or adds fields of the usual header.
    package func token(_ claims: JSONValue, header: [(String, JSONValue?)] = []) throws -> String {
        var head: JSONValue = ["typ": "JWT", "alg": .string(algorithm), "kid": .string(id)]
        for (name, value) in header { head = head.setting(name, to: value) }
        return try token(headerBytes: head.bytes(), claimBytes: claims.bytes())
    }

    /// A token of bytes that need not be JSON.
    package func token(headerBytes: [UInt8], claimBytes: [UInt8]) throws -> String {
        let signed = "\(Base64URL.encode(headerBytes)).\(Base64URL.encode(claimBytes))"
        return "\(signed).\(Base64URL.encode(try signature(over: Array(signed.utf8))))"
    }

    private func signature(over bytes: [UInt8]) throws -> Data {
        switch key {
        case .rsa(let key):
            try key.signature(for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5).rawRepresentation
        case .p256(let key): try key.signature(for: SHA256.hash(data: bytes)).rawRepresentation
        }
    }
}
