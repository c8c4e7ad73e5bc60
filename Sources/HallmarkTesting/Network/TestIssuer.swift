package import RegistryModel
import Synchronization

/// An issuer of identity tokens: its metadata, its keys, and tokens with whatever claims a test wants.
///
/// It can be asked in two ways: over HTTP on the loopback address (``start()``), or without a network as a
/// ``ServiceFetcher`` (``TestServices``), which lets it bear the name of a real issuer.
package final class TestIssuer: Sendable {
    /// What is wrong with it.
    package enum Fault: Hashable, Sendable {
        case status(Int)
        case garbage
        /// It never answers; without a network it fails.
        case silent
        case noKeys
        /// It calls itself by another name.
        case otherName(String)
        /// Its keys are somewhere else.
        case keysAt(String)
    }

    private struct State {
        var url = ""
        var signers: [TestSigner] = []
        var fault: Fault?
        var asked: [String] = []
        var server: TestHTTPServer?
        var rounds = 0
        var extra: (@Sendable (TestHTTPRequest) -> TestHTTPAnswer?)?
    }

    private let state = Mutex(State())

    /// An issuer of that name with one RSA key and one of P-256, `key-0-RS256` and `key-0-ES256`.
    package init(url: String = "https://issuer.example") {
        state.withLock { $0.url = url }
        rotate()
    }

    /// An issuer on the loopback address; ``stop()`` ends it.
    package static func start() async throws -> TestIssuer {
        let issuer = TestIssuer()
        let server = try await TestHTTPServer { issuer.answer($0) }
        issuer.state.withLock {
            $0.url = server.url
            $0.server = server
        }
        return issuer
    }

    /// Stops listening.
    package func stop() async throws {
        try await state.withLock { $0.server }?.stop()
    }

    /// Its name, which is where its metadata is.
    package var url: String { state.withLock { $0.url } }
    /// The targets that it was asked for, in order.
    package var asked: [String] { state.withLock { $0.asked } }
    /// How often its keys were fetched.
    package var keyFetches: Int { asked.count { $0 == "/keys" } }

    /// Replaces every key: `key-N-RS256`, `key-N-ES256`.
    ///
    /// RSA keys are taken from a few that a process has, by the issuer's name: two issuers may have the same one. Where a
    /// test is about telling issuers apart, it signs with ES256, whose keys are each issuer's own.
    package func rotate() {
        state.withLock { state in
            let start = state.url.utf8.reduce(0) { ($0 * 31 + Int($1)) % 1009 }
            state.signers = TestSigner.Algorithm.allCases.map {
                TestSigner($0, id: "key-\(state.rounds)-\($0.rawValue)", number: start + state.rounds)
            }
            state.rounds += 1
        }
    }

    /// Breaks it, or repairs it with nil.
    package func set(_ fault: Fault?) {
        state.withLock { $0.fault = fault }
    }

    /// Answers more than metadata and keys: what `answer` returns nil for is answered as ever.
    package func extend(_ answer: @escaping @Sendable (TestHTTPRequest) -> TestHTTPAnswer?) {
        state.withLock { $0.extra = answer }
    }

    /// One of its keys.
    package func signer(_ algorithm: TestSigner.Algorithm = .rs256) -> TestSigner {
        let signers = state.withLock { $0.signers }
        return signers.first { $0.algorithm == algorithm.rawValue } ?? signers[0]
    }

    /// A token that holds: `iss`, `iat`, `exp` and a `jti` of its own, and `claims` after them, where nil leaves one out.
    package func token(
        audience: String, subject: String = "subject", at now: Timestamp, seconds: Int64 = 300,
        claims: [(String, JSONValue?)] = [], algorithm: TestSigner.Algorithm = .rs256,
        header: [(String, JSONValue?)] = []
    ) throws -> String {
        var all: JSONValue = [
            "iss": .string(url), "sub": .string(subject), "aud": .string(audience), "iat": .integer(now.seconds),
            "nbf": .integer(now.seconds), "exp": .integer(now.seconds + seconds),
            "jti": .string("\(UInt64.random(in: 0...UInt64.max))"),
        ]
        for (name, value) in claims { all = all.setting(name, to: value) }
        return try signer(algorithm).token(all, header: header)
    }

    /// What it answers.
    package func answer(_ request: TestHTTPRequest) -> TestHTTPAnswer {
        let state = self.state.withLock { state in
            state.asked.append(request.target)
            return state
        }
        switch state.fault {
        case .status(let status): return TestHTTPAnswer(status)
        case .garbage: return TestHTTPAnswer(body: Array("<html>".utf8))
        case .silent: return .silence
        default: break
        }
        if let answer = state.extra?(request) { return answer }
        switch request.path.hasSuffix("/.well-known/openid-configuration") ? "metadata" : request.path {
        case "metadata": return TestHTTPAnswer(body: Self.metadata(state).bytes())
        case "/keys":
            let keys = state.fault == .noKeys ? [] : state.signers.map(\.publicJWK)
            return TestHTTPAnswer(body: (["keys": .array(keys)] as JSONValue).bytes())
        default: return TestHTTPAnswer(404)
        }
    }

    private static func metadata(_ state: State) -> JSONValue {
        var name = state.url
        var keys = root(of: state.url) + "/keys"
        if case .otherName(let other) = state.fault { name = other }
        if case .keysAt(let other) = state.fault { keys = other }
        return [
            "issuer": .string(name), "jwks_uri": .string(keys),
            "authorization_endpoint": .string(root(of: state.url) + "/authorize"),
            "token_endpoint": .string(root(of: state.url) + "/token"),
            "authorization_response_iss_parameter_supported": true,
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        ]
    }

    /// Scheme, host and port of an address.
    static func root(of url: String) -> String {
        url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
    }
}

/// Services without a network: issuers by their own names, and answers that a test sets.
package final class TestServices: ServiceFetcher {
    private struct State {
        var issuers: [TestIssuer] = []
        var answers: [String: Result<ServiceAnswer, FetchFault>] = [:]
        var requests: [ServiceRequest] = []
    }

    private let state = Mutex(State())

    /// Only those issuers can be reached.
    package init(_ issuers: [TestIssuer] = []) {
        state.withLock { $0.issuers = issuers }
    }

    /// Lets one more issuer be reached, before those of the same name.
    package func add(_ issuer: TestIssuer) {
        state.withLock { $0.issuers.insert(issuer, at: 0) }
    }

    /// Everything that was sent, in order.
    package var requests: [ServiceRequest] { state.withLock { $0.requests } }

    /// Sets what an address answers with.
    package func set(_ address: String, _ answer: Result<ServiceAnswer, FetchFault>) {
        state.withLock { $0.answers[address] = answer }
    }

    package func send(_ request: ServiceRequest) async throws -> ServiceAnswer {
        let (answer, issuers) = state.withLock { state in
            state.requests.append(request)
            return (state.answers[request.address], state.issuers)
        }
        if let answer { return try answer.get() }
        let root = TestIssuer.root(of: request.address)
        guard let issuer = issuers.first(where: { TestIssuer.root(of: $0.url) == root }) else {
            throw FetchFault.unreachable("'\(request.address)' is not there")
        }
        let reply = issuer.answer(
            TestHTTPRequest(
                method: request.method, target: String(request.address.dropFirst(root.count)),
                fields: Dictionary(uniqueKeysWithValues: request.fields.map { ($0.key.lowercased(), $0.value) }),
                body: request.body))
        guard !reply.isSilent else { throw FetchFault.unreachable("no answer") }
        guard reply.body.count <= request.limit else { throw FetchFault.unreachable("too long") }
        return ServiceAnswer(status: reply.status, fields: reply.fields, body: reply.body)
    }
}
