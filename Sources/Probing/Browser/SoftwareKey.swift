import Crypto
import Foundation
import RegistryModel
import Synchronization

/// A security key in software: WebAuthn credentials with ES256 and no attestation, answered as a browser would.
///
/// [Web Authentication Level 3](https://www.w3.org/TR/webauthn-3/), sections 5.8.1 (client data) and 6.1 (authenticator
/// data). It asks nobody: the person is always there and always verified.
final class SoftwareKey: Sendable {
    private struct Credential {
        let id: [UInt8]
        let key: P256.Signing.PrivateKey
        let userHandle: String
        var count: UInt32 = 0
    }

    private let credentials = Mutex<[Credential]>([])

    /// How many credentials it holds.
    var count: Int { credentials.withLock { $0.count } }

    /// How an answer is made to be wrong; what the instance has to refuse.
    enum Flaw: Sendable {
        case none
        /// The signature counter stands still, as that of a copied key would.
        case staleCounter
        /// The page that asked stood elsewhere.
        case origin(String)
    }

    /// Answers `navigator.credentials.create` with those options, as the page's script does.
    func create(_ options: JSONValue, origin: String) throws -> String {
        let host = try Self.host(of: options["rp"]?["id"]?.stringValue, origin)
        let handle = options["user"]?["id"]?.stringValue ?? ""
        let credential = Credential(
            id: SystemRandomSource().bytes(32), key: P256.Signing.PrivateKey(), userHandle: handle)
        credentials.withLock { $0.append(credential) }
        let client = try Self.clientData("webauthn.create", options, origin)
        // Present, verified, with credential data.
        var data = Self.head(host, flags: 0x45, count: 0)
        data += [UInt8](repeating: 0, count: 16) + [0, UInt8(credential.id.count)] + credential.id
        data += Self.publicKey(credential.key)
        let attestation =
            [0xA3] + CBOR.text("fmt") + CBOR.text("none") + CBOR.text("attStmt") + [0xA0] + CBOR.text("authData")
            + CBOR.bytes(data)
        return Self.answer(
            credential.id,
            [
                "clientDataJSON": .string(Base64URL.encode(client)),
                "attestationObject": .string(Base64URL.encode(attestation)), "transports": ["internal"],
            ])
    }

    /// Answers `navigator.credentials.get` with those options.
    func get(_ options: JSONValue, origin: String, flaw: Flaw = .none) throws -> String {
        let host = try Self.host(of: options["rpId"]?.stringValue, origin)
        let allowed = options["allowCredentials"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
        let known = credentials.withLock { list -> Credential? in
            let index = list.firstIndex { allowed.isEmpty || allowed.contains(Base64URL.encode($0.id)) }
            guard let index else { return nil }
            if case .staleCounter = flaw {} else { list[index].count += 1 }
            return list[index]
        }
        guard let credential = known else { throw ProbeFault("the page asks for a key that this one does not have") }
        var place = origin
        if case .origin(let other) = flaw { place = other }
        let client = try Self.clientData("webauthn.get", options, place)
        let data = Self.head(host, flags: 0x05, count: credential.count)
        let signature = try credential.key.signature(for: data + Array(SHA256.hash(data: client)))
        return Self.answer(
            credential.id,
            [
                "clientDataJSON": .string(Base64URL.encode(client)),
                "authenticatorData": .string(Base64URL.encode(data)),
                "signature": .string(Base64URL.encode(signature.derRepresentation)),
                "userHandle": .string(credential.userHandle),
            ])
    }

    private static func host(of id: String?, _ origin: String) throws -> String {
        guard let host = URLComponents(string: origin)?.host else { throw ProbeFault("'\(origin)' is no origin") }
        return id ?? host
    }

    private static func answer(_ id: [UInt8], _ response: JSONValue) -> String {
        let text = Base64URL.encode(id)
        let answer: JSONValue = [
            "id": .string(text), "rawId": .string(text), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": [:], "response": response,
        ]
        return String(decoding: answer.bytes(), as: UTF8.self)
    }

    private static func clientData(_ type: String, _ options: JSONValue, _ origin: String) throws -> [UInt8] {
        guard let challenge = options["challenge"]?.stringValue else {
            throw ProbeFault("the page's options have no challenge")
        }
        let data: JSONValue = [
            "type": .string(type), "challenge": .string(challenge), "origin": .string(origin), "crossOrigin": false,
        ]
        return data.bytes()
    }

    private static func head(_ host: String, flags: UInt8, count: UInt32) -> [UInt8] {
        Array(SHA256.hash(data: Array(host.utf8))) + [flags] + withUnsafeBytes(of: count.bigEndian) { Array($0) }
    }

    /// The key as COSE writes it: EC2, ES256, P-256.
    private static func publicKey(_ key: P256.Signing.PrivateKey) -> [UInt8] {
        let point = Array(key.publicKey.rawRepresentation)
        return [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21] + CBOR.bytes(Array(point[..<32])) + [0x22]
            + CBOR.bytes(Array(point[32...]))
    }
}

/// The few items of CBOR that a security key writes.
private enum CBOR {
    static func text(_ text: String) -> [UInt8] { head(0x60, text.utf8.count) + Array(text.utf8) }

    static func bytes(_ bytes: [UInt8]) -> [UInt8] { head(0x40, bytes.count) + bytes }

    private static func head(_ kind: UInt8, _ length: Int) -> [UInt8] {
        switch length {
        case ..<24: [kind | UInt8(length)]
        case ..<256: [kind | 24, UInt8(length)]
        default: [kind | 25, UInt8(length >> 8), UInt8(length & 0xFF)]
        }
    }
}
