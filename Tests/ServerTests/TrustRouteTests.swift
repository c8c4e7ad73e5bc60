import Crypto
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Routes of exchanges, hand-offs and reports", .timeLimit(.minutes(5)))
struct TrustRouteTests {
    private static func json(_ value: JSONValue) -> [UInt8] { value.bytes() }
    private static let type = ["Content-Type: application/json"]
    private static let form = ["Content-Type: application/x-www-form-urlencoded"]

    @Test("PEP 807: discovery for the path that clients upload to, with or without its last slash, and for no other")
    func discovery() async throws {
        try await withLiveServer { server in
            for (path, isKnown) in [("/pypi/legacy/", true), ("/pypi/legacy", true), ("/legacy/", false), ("", false)] {
                let key = Hex.encode(Array(SHA256.hash(data: Array(path.utf8))))
                let answer = try await server.call("GET", "/.well-known/pytp/\(key)")
                #expect(answer.status == (isKnown ? 200 : 404), "\(path)")
                guard isKnown else { continue }
                let mint = try answer.json()["mint-token-endpoint"]?.stringValue ?? ""
                #expect(mint.hasSuffix("/_/oidc/mint-token"))
                #expect(try answer.json()["audience-endpoint"]?.stringValue?.hasSuffix("/_/oidc/audience") == true)
            }
            let audience = try await server.call("GET", "/_/oidc/audience").json()["audience"]?.stringValue
            let own = try await server.call("GET", "/api/v1/oidc/audience").json()["audience"]?.stringValue
            #expect(audience == own && audience?.hasPrefix("localhost:") == true)
        }
    }

    @Test("PYPI-1 A refused exchange speaks each client's dialect")
    func refusals() async throws {
        try await withLiveServer { server in
            for body in ["{}", "[]", "", "{\"token\":1}", "{\"token\":\"\"}"] {
                let answer = try await server.call(
                    "POST", "/_/oidc/mint-token", headers: Self.type, body: Array(body.utf8))
                #expect(answer.status == 422)
                #expect(try answer.json()["errors"]?.arrayValue?.first?["code"] == "invalid-payload")
            }
            let python = try await server.call(
                "POST", "/_/oidc/mint-token", headers: Self.type, body: Self.json(["token": "a.b.c"]))
            #expect(python.status == 422)
            #expect(try python.json()["message"] == "Token request failed")
            let error = try #require(try python.json()["errors"]?.arrayValue?.first)
            #expect(error["code"] == "invalid-token" && error["description"]?.stringValue?.isEmpty == false)
            let cargo = try await server.call(
                "POST", "/api/v1/trusted_publishing/tokens", headers: Self.type, body: Self.json(["jwt": "a.b.c"]))
            #expect(cargo.status == 400)
            #expect(try cargo.json()["errors"]?.arrayValue?.first?["detail"]?.stringValue != nil)
            let npm = try await server.call(
                "POST", "/-/npm/v1/oidc/token/exchange/package/@acme%2flamp", headers: ["Authorization: Bearer a.b.c"])
            #expect(npm.status == 401)
            #expect(try npm.json()["message"]?.stringValue?.hasPrefix("OIDC token exchange") == true)
            let own = try await server.call(
                "POST", "/api/v1/oidc/exchange", headers: Self.type,
                body: Self.json(["token": "a.b.c", "ecosystem": "maven", "project": "org.example:lamp"]))
            #expect(own.status == 422)
            #expect(try own.json()["code"] == "identity-token-invalid")
        }
    }

    @Test("AUTHZ-1.2 The published pattern is that of real tokens; reports without a signature are refused")
    func pattern() async throws {
        try await withLiveServer { server in
            let answer = try await server.call("GET", "/.well-known/secret-pattern.json").json()
            let pattern = try Regex(try #require(answer["regex"]?.stringValue))
            let token = try await server.person("alice")
            #expect(try pattern.wholeMatch(in: token) != nil)
            #expect(try pattern.firstMatch(in: "key=\(token)x") == nil)
            for path in ["/_/secrets/disclose-token", "/api/github/secret-scanning/verify"] {
                let report = try await server.call(
                    "POST", path,
                    headers: Self.type + ["GITHUB-PUBLIC-KEY-IDENTIFIER: x", "GITHUB-PUBLIC-KEY-SIGNATURE: eA=="],
                    body: Self.json([["token": .string(token), "type": "hallmark_api_token"]]))
                #expect(report.status == 400, "\(report.text)")
            }
            #expect(try await server.call("GET", "/api/v1/user", token: token).status == 200)
        }
    }

    @Test("RFC 8628: the answers of device authorization")
    func device() async throws {
        try await withLiveServer { server in
            func post(_ place: String, _ body: String) async throws -> RawResponse {
                try await server.call("POST", "/api/v1/device/\(place)", headers: Self.form, body: Array(body.utf8))
            }
            let begun = try await post("authorization", "client_id=test&scope=publish%3Apypi").json()
            let code = try #require(begun["device_code"]?.stringValue)
            #expect(begun["user_code"]?.stringValue?.count == 9 && begun["interval"] == 5 && begun["expires_in"] == 600)
            #expect(begun["verification_uri"]?.stringValue?.hasSuffix("/device") == true)
            let grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=test&device_code="
            for (body, error) in [
                (grant + code, "authorization_pending"), (grant + code, "slow_down"), (grant + "x", "expired_token"),
                ("grant_type=password&device_code=\(code)", "unsupported_grant_type"),
            ] {
                let answer = try await post("token", body)
                #expect(answer.status == 400, "\(answer.text)")
                #expect(try answer.json()["error"] == .string(error), "\(answer.text)")
            }
            for (body, error) in [
                ("scope=publish", "invalid_request"), ("client_id=x&scope=fly", "invalid_scope"),
                ("client_id=x&scope=", "invalid_scope"), ("client_id=x&scope=publish%3Anpm%3Ala*", "invalid_scope"),
            ] {
                let answer = try await post("authorization", body)
                #expect(answer.status == 400, "\(answer.text)")
                #expect(try answer.json()["error"] == .string(error), "\(answer.text)")
            }
        }
    }
}
