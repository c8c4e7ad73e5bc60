import Crypto
import Foundation
package import RegistryModel
import Synchronization

/// An OpenID provider for single sign-on: a ``TestIssuer`` with pages to sign in and to change codes for tokens.
///
/// `GET /authorize` signs in at once as whoever the test chose, and sends the browser back; ``answer(to:)`` does the same
/// without a network. `POST /token` holds clients to the standard: a code once, its redirect address, PKCE, the secret.
package final class TestSignOn: Sendable {
    /// Who signs in, and what the token says.
    package struct Person: Sendable {
        package var subject: String
        package var claims: [(String, JSONValue?)]

        /// A person.
        package init(_ subject: String, claims: [(String, JSONValue?)] = []) {
            self.subject = subject
            self.claims = claims
        }
    }

    private struct Grant {
        let nonce: String?
        let challenge: String
        let redirect: String
        let person: Person
    }

    private struct State {
        var person = Person("nobody")
        var grants: [String: Grant] = [:]
        var refused: [String] = []
        var now: @Sendable () -> Timestamp
    }

    /// The issuer that it is.
    package let issuer: TestIssuer
    package let clientID: String
    /// Nil for a client without a secret.
    package let clientSecret: String?
    private let state: Mutex<State>

    /// Adds the pages to `issuer`; tokens are issued at the time that `now` says.
    package init(
        _ issuer: TestIssuer, clientID: String = "hallmark", clientSecret: String? = "s3cret&+ü",
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.issuer = issuer
        self.clientID = clientID
        self.clientSecret = clientSecret
        state = Mutex(State(now: now))
        issuer.extend { [weak self] request in
            switch request.path {
            case "/authorize": self?.authorize(request)
            case "/token": self?.token(request)
            default: nil
            }
        }
    }

    /// Chooses who signs in from now on.
    package func set(_ person: Person) {
        state.withLock { $0.person = person }
    }

    /// Why requests for tokens were refused.
    package var refused: [String] { state.withLock { $0.refused } }

    /// The fields that a browser brings back which was sent to `address`.
    package func answer(to address: String) -> [String: String] {
        let target = String(address.dropFirst(TestIssuer.root(of: address).count))
        let reply = issuer.answer(TestHTTPRequest(method: "GET", target: target, fields: [:], body: []))
        let location = reply.fields["Location"] ?? ""
        return TestHTTPRequest(method: "GET", target: location, fields: [:], body: []).query
    }

    private func authorize(_ request: TestHTTPRequest) -> TestHTTPAnswer {
        let query = request.query
        guard query["response_type"] == "code", query["client_id"] == clientID,
            query["code_challenge_method"] == "S256", let challenge = query["code_challenge"],
            query["scope"]?.split(separator: " ").contains("openid") == true, let redirect = query["redirect_uri"],
            let passed = query["state"]
        else { return TestHTTPAnswer(400, body: Array("not a request".utf8)) }
        let code = UUID().uuidString
        state.withLock { state in
            state.grants[code] = Grant(
                nonce: query["nonce"], challenge: challenge, redirect: redirect, person: state.person)
        }
        var components = URLComponents()
        components.queryItems = [
            URLQueryItem(name: "code", value: code), URLQueryItem(name: "state", value: passed),
            URLQueryItem(name: "iss", value: issuer.url),
        ]
        return TestHTTPAnswer(302, fields: ["Location": redirect + "?" + (components.percentEncodedQuery ?? "")])
    }

    private func token(_ request: TestHTTPRequest) -> TestHTTPAnswer {
        let form = request.form
        let (grant, now) = state.withLock { state in (state.grants.removeValue(forKey: form["code"] ?? ""), state.now())
        }
        let digest = SHA256.hash(data: Array((form["code_verifier"] ?? "").utf8))
        guard let grant else { return refuse("code") }
        guard form["grant_type"] == "authorization_code" else { return refuse("grant type") }
        guard form["redirect_uri"] == grant.redirect else { return refuse("redirect address") }
        guard Base64URL.encode(Array(digest)) == grant.challenge else { return refuse("verifier") }
        guard isClient(request, form) else { return refuse("client") }
        // What the test chose comes last, so that it may replace the nonce.
        let own = [("nonce", grant.nonce.map(JSONValue.string))] + grant.person.claims
        guard
            let text = try? issuer.token(
                audience: clientID, subject: grant.person.subject, at: now, claims: own)
        else { return TestHTTPAnswer(500) }
        let body: JSONValue = ["access_token": "x", "token_type": "Bearer", "id_token": .string(text)]
        return TestHTTPAnswer(fields: ["Content-Type": "application/json"], body: body.bytes())
    }

    private func isClient(_ request: TestHTTPRequest, _ form: [String: String]) -> Bool {
        guard let clientSecret else { return form["client_id"] == clientID && form["client_secret"] == nil }
        guard let header = request.fields["authorization"], header.hasPrefix("Basic "),
            let bytes = Data(base64Encoded: String(header.dropFirst(6)))
        else { return false }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: ":").map {
            String($0).replacing("+", with: " ").removingPercentEncoding
        }
        return parts == [clientID, clientSecret]
    }

    private func refuse(_ reason: String) -> TestHTTPAnswer {
        state.withLock { $0.refused.append(reason) }
        return TestHTTPAnswer(400, body: Array(#"{"error":"invalid_grant"}"#.utf8))
    }
}
