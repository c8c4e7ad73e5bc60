import Accounts
import Foundation
import HallmarkTesting
import RegistryModel
import Testing

/// Where the vectors that come with the specifications are, when they are there.
private let vectorsPath = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../shared/vectors/trusted-publishing/jwt-rs256.json").standardizedFileURL.path

@Suite("Identity tokens")
struct IdentityTokenTests {
    /// An issuer, a verifier that knows it, and the time.
    struct Desk {
        let clock = ManualClock()
        let issuer = TestIssuer()
        let services: TestServices
        let verifier: IdentityTokenVerifier

        init() {
            services = TestServices([issuer])
            verifier = IdentityTokenVerifier(
                directory: IssuerDirectory(fetcher: services, clock: clock), clock: clock)
        }

        func verify(_ text: String, audience: String = "here") async throws(IdentityTokenFault) -> IdentityClaims {
            try await verifier.verify(text, audience: audience, issuers: [issuer.url])
        }

        func token(
            _ claims: [(String, JSONValue?)] = [], header: [(String, JSONValue?)] = [], seconds: Int64 = 300,
            algorithm: TestSigner.Algorithm = .rs256
        ) throws -> String {
            try issuer.token(
                audience: "here", at: clock.now(), seconds: seconds, claims: claims, algorithm: algorithm,
                header: header)
        }

        func fault(_ text: String) async -> IdentityTokenFault? {
            do {
                _ = try await verify(text)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test("PYPI-1 A token of a trusted issuer tells its claims", arguments: TestSigner.Algorithm.allCases)
    func accepted(algorithm: TestSigner.Algorithm) async throws {
        let desk = Desk()
        let text = try desk.token([("repository", "acme/lantern")], algorithm: algorithm)
        let claims = try await desk.verify(text)
        #expect(claims.issuer == desk.issuer.url)
        #expect(claims.subject == "subject")
        #expect(claims.text("repository") == "acme/lantern")
        #expect(claims.expiresAt == desk.clock.now().advanced(bySeconds: 300))
        #expect(claims.jti?.isEmpty == false)
        #expect(claims.hash.count == 32)
    }

    @Test("Times have 30 seconds")
    func times() async throws {
        let desk = Desk()
        let now = desk.clock.now().seconds
        #expect(await desk.fault(try desk.token(seconds: -29)) == nil)
        #expect(await desk.fault(try desk.token(seconds: -30)) == .expired)
        #expect(await desk.fault(try desk.token([("iat", .integer(now + 30))])) == nil)
        #expect(await desk.fault(try desk.token([("iat", .integer(now + 31))])) == .notYetValid)
        #expect(await desk.fault(try desk.token([("nbf", .integer(now + 31))])) == .notYetValid)
        #expect(await desk.fault(try desk.token([("nbf", nil)])) == nil)
        #expect(await desk.fault(try desk.token([("exp", .number(Double(now) + 10.5))])) == nil)
        for name in ["exp", "iat"] {
            for value in [nil, "1767225600", JSONValue.number(1e300), .integer(-1), .array([])] {
                #expect(await desk.fault(try desk.token([(name, value)])) == .claim(name))
            }
        }
    }

    @Test("The audience is one text and ours")
    func audience() async throws {
        let desk = Desk()
        for value: JSONValue? in ["there", nil, ["here"], ["here", "there"], "Here", "here ", 1] {
            #expect(await desk.fault(try desk.token([("aud", value)])) == .audience)
        }
    }

    @Test("An issuer that is not in the table is asked for nothing")
    func unknownIssuer() async throws {
        let desk = Desk()
        let other = TestIssuer(url: "https://issuer.example.evil")
        let text = try other.token(audience: "here", at: desk.clock.now())
        #expect(await desk.fault(text) == .unknownIssuer(other.url))
        #expect(desk.services.requests.isEmpty)
        // The claim of another issuer's name does not help: the keys are those of that name.
        let lie = try other.token(
            audience: "here", at: desk.clock.now(), claims: [("iss", .string(desk.issuer.url))], algorithm: .es256)
        #expect(await desk.fault(lie) == .signature)
    }

    @Test("The key decides about the algorithm")
    func algorithms() async throws {
        let desk = Desk()
        for name in ["none", "HS256", "RS512", "PS256", "ES384", "rs256", "RS1"] {
            #expect(await desk.fault(try desk.token(header: [("alg", .string(name))])) == .algorithm(name))
        }
        // RS256 said, signed with RS256, but with the name of the other key; and the reverse.
        let crossed = try desk.token(header: [("kid", "key-0-ES256")])
        #expect(await desk.fault(crossed) == .algorithm("RS256"))
        let said = try desk.token(header: [("alg", "ES256")])
        #expect(await desk.fault(said) == .algorithm("ES256"))
    }

    @Test("Keys that a token brings along, or points at, are not looked at")
    func broughtAlong() async throws {
        let desk = Desk()
        let stranger = TestIssuer(url: desk.issuer.url)
        stranger.rotate()
        for field in ["jwk", "x5c"] {
            let text = try stranger.token(
                audience: "here", at: desk.clock.now(),
                header: [(field, stranger.signer().publicJWK), ("kid", "key-0-RS256")])
            #expect(await desk.fault(text) == .signature)
        }
        for field in ["jku", "x5u"] {
            let text = try stranger.token(
                audience: "here", at: desk.clock.now(),
                header: [(field, "https://evil.example/keys"), ("kid", "evil")])
            #expect(await desk.fault(text) == .unknownKey)
        }
        #expect(desk.services.requests.allSatisfy { $0.address.hasPrefix(desk.issuer.url) })
    }

    @Test("A flipped bit anywhere is noticed")
    func flipped() async throws {
        let desk = Desk()
        let text = Array(try desk.token(algorithm: .es256).utf8)
        var accepted = 0
        for index in text.indices where text[index] != UInt8(ascii: ".") {
            var changed = text
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            if await desk.fault(String(decoding: changed, as: UTF8.self)) == nil { accepted += 1 }
        }
        #expect(accepted == 0)
    }

    @Test("What two readers could read differently is no token")
    func strictness() async throws {
        let desk = Desk()
        let signer = desk.issuer.signer()
        let good = try desk.token()
        for text in [
            "", ".", "..", "a.b", good + ".", good + ".x", "." + good, good + "=", good + "\n", " " + good,
            good.replacing(".", with: ".."), String(repeating: "a", count: 16_385),
        ] {
            guard case .malformed = await desk.fault(text) else {
                Issue.record("\(text.prefix(40)) was read")
                continue
            }
        }
        let head = Array(#"{"alg":"RS256","kid":"key-0-RS256"}"#.utf8)
        let bodies = [
            #"{"iss":"https://issuer.example","iss":"https://issuer.example"}"#, "[]", "\"x\"", "{", "{}x",
            #"{"iss":"a\u0000"}"#, "{\"iss\":\"\u{FF}",
        ]
        for body in bodies {
            let text = try signer.token(headerBytes: head, claimBytes: Array(body.utf8))
            #expect(await desk.fault(text) == .malformed("claims"))
        }
        for field: (String, JSONValue?) in [
            ("crit", ["b64"]), ("crit", []), ("typ", "at+jwt"), ("typ", 1), ("kid", 1), ("kid", ""), ("alg", nil),
        ] {
            guard case .malformed = await desk.fault(try desk.token(header: [field])) else {
                Issue.record("a header with \(field) was read")
                continue
            }
        }
        for claim: (String, JSONValue?) in [("sub", nil), ("sub", ""), ("sub", 7), ("jti", 7), ("jti", "")] {
            #expect(await desk.fault(try desk.token([claim])) == .claim(claim.0))
        }
        #expect(await desk.fault(try desk.token([("iss", nil)])) == .claim("iss"))
    }

    @Test("The RS256 example of RFC 7515 verifies", .enabled(if: FileManager.default.fileExists(atPath: vectorsPath)))
    func vector() async throws {
        let file = try JSONValue.parse(try Data(contentsOf: URL(fileURLWithPath: vectorsPath)))
        let text = try #require(file["token"]?.stringValue)
        let key = try #require(file["public_jwk"])
        let clock = ManualClock()
        let services = TestServices()
        services.set(
            "https://joe.example/.well-known/openid-configuration",
            .success(
                ServiceAnswer(
                    status: 200,
                    body: Array(#"{"issuer":"https://joe.example","jwks_uri":"https://joe.example/k"}"#.utf8))))
        services.set(
            "https://joe.example/k",
            .success(ServiceAnswer(status: 200, body: (["keys": [key]] as JSONValue).bytes())))
        // Its issuer "joe" is no address, so its key is looked for at one that is; the signature is what counts.
        let verifier = IdentityTokenVerifier(directory: IssuerDirectory(fetcher: services, clock: clock), clock: clock)
        await #expect(throws: IdentityTokenFault.issuerUnavailable("'joe' is no address")) {
            _ = try await verifier.verify(text, audience: "here", issuers: ["joe"])
        }
        #expect(try IdentityToken(text).issuer == "joe")
        #expect(IdentityToken.verifies(text, with: key))
        #expect(!IdentityToken.verifies(text, with: TestIssuer().signer().publicJWK))
    }
}
