import Crypto
import Foundation
import RegistryModel
import Testing

@testable import Probing

@Suite("What people hold in their hands")
struct KeyTests {
    @Test("A code generator computes the codes of RFC 6238, appendix B, cut to six digits")
    func codes() throws {
        // "12345678901234567890" in Base32, as people may type it.
        let generator = try #require(CodeGenerator(secret: "gezd gnbv gy3t qojq GEZD GNBV GY3T QOJQ"))
        let now = Int64(Date().timeIntervalSince1970) / 30
        // 59 s, 1111111109 s, 2000000000 s.
        for (step, code) in [(1, "287082"), (37_037_036, "081804"), (66_666_666, "279037")] as [(Int64, String)] {
            let now2 = Int64(Date().timeIntervalSince1970) / 30
            #expect(generator.code(step: step - (now2 == now ? now : now2)) == code)
        }
        #expect(CodeGenerator(secret: "1890") == nil)
        #expect(CodeGenerator(secret: "MZXW6") == nil)
    }

    private static let options: JSONValue = [
        "challenge": "Y2hhbGxlbmdl", "rp": ["id": "localhost"], "rpId": "localhost", "user": ["id": "dXNlcg"],
    ]

    @Test("A software key signs what WebAuthn says, and counts")
    func signatures() throws {
        let key = SoftwareKey()
        let made = try JSONValue.parse(Array(try key.create(Self.options, origin: "http://localhost:1").utf8))
        let attestation = try #require(
            made["response"]?["attestationObject"]?.stringValue.flatMap({ Base64URL.decode($0) }))
        // The public key ends the object: x and y of 32 bytes each, with their heads.
        let x = attestation.suffix(67).prefix(32)
        let publicKey = try P256.Signing.PublicKey(rawRepresentation: Array(x) + attestation.suffix(32))
        var counts: [UInt8] = []
        for _ in 0..<2 {
            let answer = try JSONValue.parse(Array(try key.get(Self.options, origin: "http://localhost:1").utf8))
            let response = try #require(answer["response"])
            let data = try #require(response["authenticatorData"]?.stringValue.flatMap({ Base64URL.decode($0) }))
            let client = try #require(response["clientDataJSON"]?.stringValue.flatMap({ Base64URL.decode($0) }))
            let signature = try #require(response["signature"]?.stringValue.flatMap({ Base64URL.decode($0) }))
            let isValid = publicKey.isValidSignature(
                try P256.Signing.ECDSASignature(derRepresentation: signature),
                for: data + Array(SHA256.hash(data: client)))
            #expect(isValid)
            #expect(Array(data.prefix(32)) == Array(SHA256.hash(data: Array("localhost".utf8))))
            #expect(data[32] == 0x05)
            #expect(try JSONValue.parse(client)["origin"] == "http://localhost:1")
            #expect(response["userHandle"] == "dXNlcg")
            counts.append(data[36])
        }
        #expect(counts == [1, 2])
        let stale = try JSONValue.parse(
            Array(try key.get(Self.options, origin: "http://localhost:1", flaw: .staleCounter).utf8))
        let data = try #require(stale["response"]?["authenticatorData"]?.stringValue.flatMap({ Base64URL.decode($0) }))
        #expect(data[36] == 2)
    }

    @Test("A key that was not asked for does not answer")
    func unknownKey() throws {
        let key = SoftwareKey()
        _ = try key.create(Self.options, origin: "http://localhost:1")
        let options = Self.options.setting("allowCredentials", to: [["id": "b3RoZXI", "type": "public-key"]])
        #expect(throws: ProbeFault.self) { try key.get(options, origin: "http://localhost:1") }
    }
}
