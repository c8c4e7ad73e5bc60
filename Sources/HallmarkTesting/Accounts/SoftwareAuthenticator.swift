import Crypto
import CryptoExtras
import Foundation
package import RegistryModel
import Synchronization

/// A WebAuthn authenticator and the browser before it, in software: makes credentials and signs with them as
/// [WebAuthn](https://www.w3.org/TR/webauthn-3/) says, or wrongly where a test asks for that.
package final class SoftwareAuthenticator: Sendable {
    /// What its keys sign with.
    package enum Algorithm: Int64, CaseIterable, Sendable {
        case es256 = -7
        case ed25519 = -8
        case es384 = -35
        case rs256 = -257
    }

    /// What is done otherwise than it should be.
    package struct Wish: Sendable {
        package var origin: String?
        package var type: String?
        package var crossOrigin: Bool?
        package var topOrigin: String?
        package var relyingParty: String?
        package var challenge: [UInt8]?
        package var isPresent = true
        package var isVerified = true
        package var isBackupEligible = false
        package var isBackedUp = false
        /// The counter instead of the next one; nil for the next one.
        package var signCount: UInt32?
        package var credentialID: [UInt8]?
        package var userHandle: [UInt8]?
        /// The COSE algorithm that the key claims.
        package var claimedAlgorithm: Int64?
        package var attestationFormat = "none"
        package var isDiscoverable: Bool?
        /// Flips a bit of the signature.
        package var breaksSignature = false

        /// Nothing otherwise.
        package init() {}
    }

    private enum Key: Sendable {
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
        case rsa(_RSA.Signing.PrivateKey)
    }

    private struct Credential: Sendable {
        let id: [UInt8]
        let key: Key
        let userHandle: [UInt8]
        let relyingParty: String
    }

    private struct State: Sendable {
        var credentials: [Credential] = []
        var count: UInt32 = 0
    }

    private let algorithm: Algorithm
    private let origin: String
    private let state = Mutex(State())

    /// RSA keys take long to make, so a process has one that all tests share.
    private static let rsa = try? _RSA.Signing.PrivateKey(keySize: .bits2048)

    /// An authenticator that is used on the pages of `origin`.
    package init(_ algorithm: Algorithm = .es256, origin: String = "https://registry.example") {
        self.algorithm = algorithm
        self.origin = origin
    }

    /// The id of the newest credential.
    package var newestID: [UInt8]? { state.withLock { $0.credentials.last?.id } }

    /// Makes a credential: the `RegistrationResponseJSON` to `PublicKeyCredentialCreationOptionsJSON`.
    package func create(_ options: JSONValue, _ wish: Wish = Wish()) throws -> JSONValue {
        let relyingParty = wish.relyingParty ?? options["rp"]?["id"]?.stringValue ?? ""
        let credential = Credential(
            id: wish.credentialID ?? SystemRandomSource().bytes(32), key: try makeKey(),
            userHandle: Base64URL.decode(options["user"]?["id"]?.stringValue ?? "") ?? [], relyingParty: relyingParty)
        let count = nextCount(wish)
        state.withLock { $0.credentials.append(credential) }
        let attested =
            [UInt8](repeating: 0x5A, count: 16) + [UInt8(credential.id.count >> 8), UInt8(credential.id.count & 0xFF)]
            + credential.id + publicKey(credential.key, claimed: wish.claimedAlgorithm)
        let data = authenticatorData(relyingParty, wish, count: count, extra: 0x40) + attested
        let object =
            [0xA3] + CBORText.text("fmt") + CBORText.text(wish.attestationFormat) + CBORText.text("attStmt") + [0xA0]
            + CBORText.text("authData") + CBORText.bytes(data)
        let client = clientData("webauthn.create", options, wish)
        let wantsKey = options["authenticatorSelection"]?["residentKey"]?.stringValue == "required"
        return [
            "id": .string(Base64URL.encode(credential.id)), "rawId": .string(Base64URL.encode(credential.id)),
            "type": "public-key", "authenticatorAttachment": "cross-platform",
            "response": [
                "clientDataJSON": .string(Base64URL.encode(client)),
                "attestationObject": .string(Base64URL.encode(object)), "transports": ["usb", "internal"],
            ],
            "clientExtensionResults": ["credProps": ["rk": .bool(wish.isDiscoverable ?? wantsKey)]],
        ]
    }

    /// Signs in: the `AuthenticationResponseJSON` to `PublicKeyCredentialRequestOptionsJSON`, with the newest credential that
    /// the options allow.
    package func get(_ options: JSONValue, _ wish: Wish = Wish()) throws -> JSONValue {
        let allowed = (options["allowCredentials"]?.arrayValue ?? []).compactMap {
            $0["id"]?.stringValue.flatMap { Base64URL.decode($0) }
        }
        let all = state.withLock { $0.credentials }
        guard let credential = all.last(where: { allowed.isEmpty || allowed.contains($0.id) }) else {
            throw Problem(.notFound, "The authenticator has no such credential.")
        }
        let relyingParty = wish.relyingParty ?? options["rpId"]?.stringValue ?? ""
        let data = authenticatorData(relyingParty, wish, count: nextCount(wish), extra: 0)
        let client = clientData("webauthn.get", options, wish)
        var signature = try sign(data + Array(SHA256.hash(data: client)), with: credential.key)
        if wish.breaksSignature { signature[signature.count - 1] ^= 1 }
        let id = wish.credentialID ?? credential.id
        return [
            "id": .string(Base64URL.encode(id)), "rawId": .string(Base64URL.encode(id)), "type": "public-key",
            "response": [
                "clientDataJSON": .string(Base64URL.encode(client)),
                "authenticatorData": .string(Base64URL.encode(data)),
                "signature": .string(Base64URL.encode(signature)),
                "userHandle": .string(Base64URL.encode(wish.userHandle ?? credential.userHandle)),
            ], "clientExtensionResults": .object([]),
        ]
    }

    private func nextCount(_ wish: Wish) -> UInt32 {
        state.withLock { state in
            state.count += 1
            return wish.signCount ?? state.count
        }
    }

    private func clientData(_ type: String, _ options: JSONValue, _ wish: Wish) -> [UInt8] {
        let challenge = wish.challenge.map { Base64URL.encode($0) } ?? options["challenge"]?.stringValue ?? ""
        return JSONValue.compactObject([
            ("type", .string(wish.type ?? type)), ("challenge", .string(challenge)),
            ("origin", .string(wish.origin ?? origin)), ("crossOrigin", .bool(wish.crossOrigin ?? false)),
            ("topOrigin", wish.topOrigin.map(JSONValue.string)),
        ]).bytes()
    }

    private func authenticatorData(
        _ relyingParty: String, _ wish: Wish, count: UInt32, extra: UInt8
    ) -> [UInt8] {
        var flags = extra
        if wish.isPresent { flags |= 0x01 }
        if wish.isVerified { flags |= 0x04 }
        if wish.isBackupEligible { flags |= 0x08 }
        if wish.isBackedUp { flags |= 0x10 }
        return Array(SHA256.hash(data: Array(relyingParty.utf8))) + [flags]
            + withUnsafeBytes(of: count.bigEndian) { Array($0) }
    }

    private func makeKey() throws -> Key {
        switch algorithm {
        case .es256: return .p256(P256.Signing.PrivateKey())
        case .es384: return .p384(P384.Signing.PrivateKey())
        case .ed25519: return .ed25519(Curve25519.Signing.PrivateKey())
        case .rs256:
            guard let key = Self.rsa else { throw Problem(.internalError, "There is no RSA key.") }
            return .rsa(key)
        }
    }

    /// The key in COSE form, in the order that CTAP2 wants.
    private func publicKey(_ key: Key, claimed: Int64?) -> [UInt8] {
        let algorithm = CBORText.integer(3) + CBORText.integer(claimed ?? algorithm.rawValue)
        func point(_ raw: Data, curve: Int64) -> [UInt8] {
            let half = raw.count / 2
            return [0xA5] + CBORText.integer(1) + CBORText.integer(2) + algorithm + CBORText.integer(-1)
                + CBORText.integer(curve) + CBORText.integer(-2) + CBORText.bytes(Array(raw.prefix(half)))
                + CBORText.integer(-3) + CBORText.bytes(Array(raw.suffix(half)))
        }
        switch key {
        case .p256(let key): return point(key.publicKey.rawRepresentation, curve: 1)
        case .p384(let key): return point(key.publicKey.rawRepresentation, curve: 2)
        case .ed25519(let key):
            return [0xA4] + CBORText.integer(1) + CBORText.integer(1) + algorithm + CBORText.integer(-1)
                + CBORText.integer(6) + CBORText.integer(-2) + CBORText.bytes(Array(key.publicKey.rawRepresentation))
        case .rsa(let key):
            let parts = try? key.publicKey.getKeyPrimitives()
            return [0xA4] + CBORText.integer(1) + CBORText.integer(3) + algorithm + CBORText.integer(-1)
                + CBORText.bytes(Array(parts?.modulus ?? Data())) + CBORText.integer(-2)
                + CBORText.bytes(Array(parts?.publicExponent ?? Data()))
        }
    }

    private func sign(_ message: [UInt8], with key: Key) throws -> [UInt8] {
        switch key {
        case .p256(let key): Array(try key.signature(for: message).derRepresentation)
        case .p384(let key): Array(try key.signature(for: message).derRepresentation)
        case .ed25519(let key): Array(try key.signature(for: message))
        case .rsa(let key):
            Array(try key.signature(for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5).rawRepresentation)
        }
    }
}

/// The few forms of CBOR that an authenticator writes.
enum CBORText {
    static func integer(_ value: Int64) -> [UInt8] {
        value < 0 ? head(0x20, UInt64(-1 - value)) : head(0, UInt64(value))
    }

    static func bytes(_ bytes: [UInt8]) -> [UInt8] { head(0x40, UInt64(bytes.count)) + bytes }

    static func text(_ text: String) -> [UInt8] { head(0x60, UInt64(text.utf8.count)) + Array(text.utf8) }

    private static func head(_ major: UInt8, _ value: UInt64) -> [UInt8] {
        switch value {
        case 0..<24: [major | UInt8(value)]
        case 24..<256: [major | 24, UInt8(value)]
        case 256..<65_536: [major | 25, UInt8(value >> 8), UInt8(value & 0xFF)]
        default: [major | 26] + withUnsafeBytes(of: UInt32(truncatingIfNeeded: value).bigEndian) { Array($0) }
        }
    }
}
