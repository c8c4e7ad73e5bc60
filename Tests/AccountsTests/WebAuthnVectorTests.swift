import Accounts
import Foundation
import RegistryModel
import Testing

@Suite("WebAuthn's test vectors", .timeLimit(.minutes(5)))
struct WebAuthnVectorTests {
    /// The shared vectors, where they lie beside the checkout.
    static let vectors: [String: JSONValue] = {
        let path = URL(fileURLWithPath: #filePath)
            .appendingPathComponent("../../../../shared/vectors/webauthn/webauthn-vectors.json").standardizedFileURL
            .path
        let document = FileManager.default.contents(atPath: path).flatMap { try? JSONValue.parse(Array($0)) }
        let members = document?["vectors"]?.members ?? []
        return Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value) })
    }()

    /// The values of a vector by name: the registration's, then the assertion's.
    private struct Fields {
        var registration: [String: [UInt8]] = [:]
        var assertion: [String: [UInt8]] = [:]

        init(_ vector: JSONValue) {
            var part = 0
            for field in vector["fields"]?.arrayValue ?? [] {
                guard let pair = field.arrayValue, let name = pair.first?.stringValue, let text = pair.last?.stringValue
                else { continue }
                if name == "#" {
                    part += 1
                } else if let bytes = Hex.decode(text) {
                    if part == 1 { registration[name] = bytes }
                    if part == 2 { assertion[name] = bytes }
                }
            }
        }

        var created: JSONValue {
            let id = Base64URL.encode(registration["credential_id"] ?? [])
            return [
                "id": .string(id), "rawId": .string(id), "type": "public-key",
                "response": [
                    "clientDataJSON": .string(Base64URL.encode(registration["clientDataJSON"] ?? [])),
                    "attestationObject": .string(Base64URL.encode(registration["attestationObject"] ?? [])),
                ],
            ]
        }

        func signed(_ change: (inout [UInt8]) -> Void = { _ in }) -> JSONValue {
            let id = Base64URL.encode(registration["credential_id"] ?? [])
            var signature = assertion["signature"] ?? []
            change(&signature)
            return [
                "id": .string(id), "rawId": .string(id), "type": "public-key",
                "response": [
                    "clientDataJSON": .string(Base64URL.encode(assertion["clientDataJSON"] ?? [])),
                    "authenticatorData": .string(Base64URL.encode(assertion["authenticatorData"] ?? [])),
                    "signature": .string(Base64URL.encode(signature)),
                ],
            ]
        }
    }

    private let ceremony = Ceremony(origin: Origin("https://example.org"))

    private func fields(_ name: String) throws -> Fields {
        Fields(try #require(Self.vectors["sctn-test-vectors-\(name)"]))
    }

    @Test(
        "AUTHN-2.2 Credentials of accepted algorithms are registered, and their assertions verified",
        .enabled(if: !vectors.isEmpty, "the shared vectors are not here"),
        arguments: [
            "none-es256", "packed-self-es256", "none-es256-long-credential-id", "packed-es256", "packed-es384",
            "packed-rs256", "packed-eddsa", "tpm-es256", "android-key-es256", "apple-es256", "fido-u2f-es256",
        ])
    func accepted(name: String) throws {
        let fields = try fields(name)
        let made = try ceremony.registered(fields.created, needsUserVerification: false)
        #expect(made.challenge == fields.registration["challenge"])
        #expect(made.credentialID == fields.registration["credential_id"])
        let stored = try #require(CredentialKey(algorithm: made.key.algorithm.rawValue, bytes: made.key.bytes))
        func check(_ response: JSONValue) throws {
            let asserted = try ceremony.asserted(response, needsUserVerification: false)
            #expect(asserted.challenge == fields.assertion["challenge"])
            try ceremony.check(
                asserted, key: stored, isBackupEligible: made.data.isBackupEligible, handle: nil, needsHandle: false)
        }
        try check(fields.signed())
        for index in [0, 8, (fields.assertion["signature"]?.count ?? 1) - 1] {
            #expect(throws: CredentialFault.self, "byte \(index)") { try check(fields.signed { $0[index] ^= 0x10 }) }
        }
        #expect(throws: CredentialFault.self) {
            try Ceremony(origin: Origin("https://example.com")).registered(fields.created, needsUserVerification: false)
        }
    }

    @Test(
        "AUTHN-2.2 Other algorithms, and pages within other sites' pages, are refused",
        .enabled(if: !vectors.isEmpty, "the shared vectors are not here"),
        arguments: [
            ("packed-es512", CredentialFault.algorithm(-36)), ("packed-ed448", CredentialFault.algorithm(-53)),
            ("none-es256-crossOrigin", CredentialFault.crossOrigin),
            ("none-es256-topOrigin", CredentialFault.crossOrigin),
        ])
    func refused(name: String, fault: CredentialFault) throws {
        let fields = try fields(name)
        #expect(throws: fault) { try ceremony.registered(fields.created, needsUserVerification: false) }
    }

    @Test(
        "No changed byte of an attestation object traps",
        .enabled(if: !vectors.isEmpty, "the shared vectors are not here"))
    func mutations() throws {
        let fields = try fields("none-es256")
        let object = try #require(fields.registration["attestationObject"])
        for index in object.indices {
            for mask in [0x01, 0x80, 0xFF] as [UInt8] {
                var changed = fields
                changed.registration["attestationObject"]?[index] ^= mask
                _ = try? ceremony.registered(changed.created, needsUserVerification: false)
            }
            var short = fields
            short.registration["attestationObject"] = Array(object.prefix(index))
            #expect(throws: CredentialFault.self) {
                try ceremony.registered(short.created, needsUserVerification: false)
            }
        }
    }

    @Test(
        "CBOR that is not in the canonical form of CTAP2 is refused",
        arguments: [
            ("", CBORFault.truncated), ("1801", .unsupported), ("190018", .unsupported), ("5f4101ff", .unsupported),
            ("c000", .unsupported), ("f97e00", .unsupported), ("a201000100", .duplicateKey), ("0000", .trailingBytes),
            ("9bffffffffffffffff", .unsupported), ("9a7fffffff", .truncated), ("5a7fffffff00", .truncated),
            ("8181818181818181818100", .tooDeep), ("61ff", .badText), ("a100", .truncated),
        ])
    func canonical(hex: String, fault: CBORFault) {
        let bytes = Hex.decode(hex) ?? []
        #expect(throws: fault) { try CBOR.parse(bytes) }
    }

    @Test("CBOR of every accepted form")
    func forms() throws {
        #expect(try CBOR.parse([0x17]) == .integer(23))
        #expect(try CBOR.parse([0x38, 0xFF]) == .integer(-256))
        #expect(try CBOR.parse([0x39, 0x01, 0x00]) == .integer(-257))
        #expect(try CBOR.parse([0x42, 1, 2]) == .bytes([1, 2]))
        #expect(try CBOR.parse([0x62, 0x68, 0x69]) == .text("hi"))
        #expect(try CBOR.parse([0x83, 0xF4, 0xF5, 0xF6]) == .array([.bool(false), .bool(true), .null]))
        #expect(try CBOR.parse([0xA1, 0x61, 0x61, 0x20])[.text("a")] == .integer(-1))
        #expect(try CBOR.parsePrefix([0x01, 0x02]).length == 1)
    }
}
