import Accounts
import HallmarkTesting
import RegistryModel
import Testing

/// Another implementation (PyJWT) signs what we verify, and verifies what tests sign.
@Suite("Identity tokens beside PyJWT", .enabled(if: EnvironmentPython.has("jwt")))
struct IdentityTokenOracleTests {
    @Test("PYPI-1 What PyJWT signs verifies, and with another key does not", arguments: ["RS256", "ES256"])
    func signedByPython(algorithm: String) throws {
        let script = """
            import json, jwt, sys
            from cryptography.hazmat.primitives.asymmetric import ec, rsa
            algorithm = sys.stdin.read()
            def make():
                if algorithm == "RS256":
                    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
                return ec.generate_private_key(ec.SECP256R1())
            implementation = jwt.algorithms.RSAAlgorithm if algorithm == "RS256" else jwt.algorithms.ECAlgorithm
            keys = [make(), make()]
            token = jwt.encode({"iss": "https://issuer.example", "sub": "ü"}, keys[0], algorithm=algorithm)
            print(json.dumps([token] + [json.loads(implementation.to_jwk(key.public_key())) for key in keys]))
            """
        let made = try JSONValue.parse(Array(try EnvironmentPython.run(script, input: algorithm).utf8)).arrayValue ?? []
        let token = try #require(made.first?.stringValue)
        #expect(try IdentityToken(token).issuer == "https://issuer.example")
        #expect(IdentityToken.verifies(token, with: made[1]))
        #expect(!IdentityToken.verifies(token, with: made[2]))
    }

    @Test("PyJWT verifies what the tests' issuer signs", arguments: TestSigner.Algorithm.allCases)
    func verifiedByPython(algorithm: TestSigner.Algorithm) throws {
        let issuer = TestIssuer()
        let token = try issuer.token(audience: "here", at: Timestamp(seconds: 4_000_000_000), algorithm: algorithm)
        let script = """
            import json, jwt, sys
            token, key, algorithm = json.load(sys.stdin)
            options = {"verify_iat": False, "verify_nbf": False}
            claims = jwt.decode(token, jwt.PyJWK(key), algorithms=[algorithm], audience="here", options=options)
            print(claims["sub"])
            """
        let input: JSONValue = [
            .string(token), issuer.signer(algorithm).publicJWK, .string(algorithm.rawValue),
        ]
        let text = String(decoding: input.bytes(), as: UTF8.self)
        #expect(try EnvironmentPython.run(script, input: text) == "subject\n")
    }
}
