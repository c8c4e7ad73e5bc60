import Accounts
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Keys of issuers")
struct IssuerDirectoryTests {
    private typealias Desk = IdentityTokenTests.Desk

    @Test("PYPI-1 Keys are fetched once, and many that ask at once wait for one fetch")
    func cached() async throws {
        let desk = Desk()
        let text = try desk.token()
        try await withThrowingTaskGroup { group in
            for _ in 0..<50 { group.addTask { _ = try await desk.verify(text) } }
            try await group.waitForAll()
        }
        #expect(desk.issuer.keyFetches == 1)
        desk.clock.advance(bySeconds: 3_599)
        _ = try await desk.verify(try desk.token())
        #expect(desk.issuer.keyFetches == 1)
        desk.clock.advance(bySeconds: 1)
        _ = try await desk.verify(try desk.token())
        #expect(desk.issuer.keyFetches == 2)
    }

    @Test("A new key is found, but nobody makes us fetch more than once a minute")
    func rotation() async throws {
        let desk = Desk()
        _ = try await desk.verify(try desk.token())
        desk.issuer.rotate()
        #expect(await desk.fault(try desk.token()) == .unknownKey)
        for number in 0..<20 {
            #expect(await desk.fault(try desk.token(header: [("kid", .string("made-up-\(number)"))])) == .unknownKey)
        }
        #expect(desk.issuer.keyFetches == 1)
        desk.clock.advance(bySeconds: 60)
        _ = try await desk.verify(try desk.token())
        #expect(desk.issuer.keyFetches == 2)
    }

    @Test(
        "An issuer that fails keeps its keys for a day",
        arguments: [
            TestIssuer.Fault.status(500), .garbage, .silent, .noKeys, .otherName("https://other.example"),
            .keysAt("http://127.0.0.1/keys"), .status(302),
        ])
    func failing(fault: TestIssuer.Fault) async throws {
        let desk = Desk()
        _ = try await desk.verify(try desk.token())
        desk.issuer.set(fault)
        desk.clock.advance(bySeconds: 3_700)
        _ = try await desk.verify(try desk.token())
        desk.clock.advance(bySeconds: 82_000)
        _ = try await desk.verify(try desk.token())
        desk.clock.advance(bySeconds: 1_000)
        guard case .issuerUnavailable = await desk.fault(try desk.token()) else {
            Issue.record("keys of more than a day ago were used")
            return
        }
        desk.issuer.set(nil)
        desk.clock.advance(bySeconds: 10)
        _ = try await desk.verify(try desk.token())
    }

    @Test("An issuer that never answered is asked again after ten seconds")
    func neverThere() async throws {
        let desk = Desk()
        desk.issuer.set(.status(503))
        for _ in 0..<5 {
            guard case .issuerUnavailable = await desk.fault(try desk.token()) else {
                Issue.record("a token was accepted without keys")
                return
            }
        }
        #expect(desk.issuer.asked.count == 1)
        desk.issuer.set(nil)
        desk.clock.advance(bySeconds: 10)
        _ = try await desk.verify(try desk.token())
    }

    @Test("Keys that are weak or for something else do not count", arguments: 0..<9)
    func weak(index: Int) async throws {
        let desk = Desk()
        let good = desk.issuer.signer().publicJWK
        let modulus = good["n"]?.stringValue ?? ""
        let bad: [JSONValue] = [
            good.setting("use", to: "enc"), good.setting("key_ops", to: ["encrypt"]), good.setting("alg", to: "RS512"),
            good.setting("kty", to: "oct"), good.setting("n", to: .string(String(modulus.prefix(171)))),
            good.setting("n", to: .string(modulus + "=")), good.setting("e", to: "AQ"), good.setting("e", to: nil),
            desk.issuer.signer(.es256).publicJWK.setting("x", to: "AAAA"),
        ]
        desk.issuer.extend { request in
            request.path == "/keys"
                ? TestHTTPAnswer(body: (["keys": .array([bad[index]])] as JSONValue).bytes()) : nil
        }
        guard case .issuerUnavailable = await desk.fault(try desk.token()) else {
            Issue.record("the key \(bad[index]) was used")
            return
        }
    }

    @Test("A token without the name of a key is good where one key fits")
    func unnamed() async throws {
        let desk = Desk()
        let text = try desk.token(header: [("kid", nil)])
        _ = try await desk.verify(text)
        let keys = [desk.issuer.signer().publicJWK, TestSigner(.rs256, id: "other", number: 1).publicJWK]
        desk.issuer.extend { request in
            request.path == "/keys" ? TestHTTPAnswer(body: (["keys": .array(keys)] as JSONValue).bytes()) : nil
        }
        desk.clock.advance(bySeconds: 3_600)
        #expect(await desk.fault(try desk.token(header: [("kid", nil)])) == .unknownKey)
    }
}
