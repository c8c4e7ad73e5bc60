import HallmarkTesting
import RegistryModel
import Testing

extension LiveServer {
    /// Expects a refusal as RFC 9457 has it.
    func expectProblem(
        _ code: Problem.Code, _ status: Int, _ method: String, _ path: String, token: String? = nil,
        headers: [String] = [], json: JSONValue? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let fields = json == nil ? [] : ["Content-Type: application/json"]
        let answer = try await call(method, path, token: token, headers: headers + fields, body: json?.bytes())
        #expect(answer.status == status, "\(method) \(path)", sourceLocation: sourceLocation)
        #expect(answer["content-type"] == "application/problem+json", sourceLocation: sourceLocation)
        #expect(answer["cache-control"] == "no-store", sourceLocation: sourceLocation)
        #expect((answer["www-authenticate"] != nil) == (status == 401), sourceLocation: sourceLocation)
        guard method != "HEAD" else { return }
        let body = try answer.json(sourceLocation: sourceLocation)
        #expect(body["code"]?.stringValue == code.rawValue, "\(method) \(path)", sourceLocation: sourceLocation)
        #expect(body["status"]?.integerValue == Int64(status), sourceLocation: sourceLocation)
        let type = body["type"]?.stringValue
        #expect(type?.hasSuffix("/docs/errors#\(code.rawValue)") == true, sourceLocation: sourceLocation)
        for member in ["title", "detail"] {
            #expect(body[member]?.stringValue?.isEmpty == false, sourceLocation: sourceLocation)
        }
        let instance = body["instance"]?.stringValue
        #expect(instance?.hasPrefix("urn:hallmark:request:") == true, sourceLocation: sourceLocation)
        #expect(instance?.hasSuffix(answer["x-request-id"] ?? "?") == true, sourceLocation: sourceLocation)
    }
}

@Suite("Refusals of the API", .enabled(if: SamplePackage.isAvailable, "needs python3"), .timeLimit(.minutes(10)))
struct APIErrorTests {
    @Test("What does not exist is 404, whatever it would have been")
    func notFound() async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            try await server.publish(.make("npm", "lamp"), token: owner)
            let paths = [
                "/api/v1", "/api/v1/", "/api/v1/nowhere", "/api/v2/user", "/api/v1/projects/npm",
                "/api/v1/projects/npm/torch",
                "/api/v1/projects/brew/lamp", "/api/v1/projects/%6epm%00/lamp", "/api/v1/projects/npm/%00",
                "/api/v1/projects/npm/..%2flamp", "/api/v1/projects/npm/%zz", "/api/v1/projects/npm/%ff",
                "/api/v1/projects/npm/%2e%2e", "/api/v1/projects/npm/lamp%2f",
                "/api/v1/projects/npm/lamp/releases/1.0.0/x",
                "/api/v1/projects/npm/\(String(repeating: "a", count: 1000))", "/api/v1/projects/npm/lamp/events/1",
            ]
            for path in paths {
                try await server.expectProblem(.notFound, 404, "GET", path)
                try await server.expectProblem(.notFound, 404, "HEAD", path)
                try await server.expectProblem(.notFound, 404, "GET", path, token: owner)
            }
            let scoped = try await server.call("GET", "/api/v1/projects/npm/@team%2flamp")
            #expect(scoped.status == 404, "a slash may be part of a name")
        }
    }

    @Test("A wrong method is 405 and says which are right")
    func methods() async throws {
        try await withLiveServer { server in
            for (method, path, allow) in [
                ("POST", "/api/v1/user", "GET, HEAD"), ("PUT", "/api/v1/projects/npm/lamp", "DELETE, GET, HEAD"),
                ("GET", "/api/v1/projects/npm/lamp/status", "PUT"),
                ("PATCH", "/api/v1/projects/npm/lamp/releases/1.0.0/yank", "DELETE, PUT"),
                ("DELETE", "/api/openapi.json", "GET, HEAD"), ("PUT", "/api/v1/search", "GET, HEAD"),
            ] {
                try await server.expectProblem(.methodNotAllowed, 405, method, path)
                #expect(try await server.call(method, path)["allow"] == allow)
                let options = try await server.call("OPTIONS", path)
                #expect(options.status == 204 && options["allow"] == allow)
            }
        }
    }

    @Test("No credential, a wrong one and one of another kind are 401 where one is needed")
    func unauthenticated() async throws {
        try await withLiveServer { server in
            let path = "/api/v1/projects/npm/lamp/visibility"
            try await server.expectProblem(.unauthenticated, 401, "PUT", path)
            for value in [
                "Bearer hlmk_no", "Basic YWxpY2U6c2VjcmV0", "Token x", "hlmk_\(String(repeating: "0", count: 36))",
            ] {
                try await server.expectProblem(.tokenInvalid, 401, "PUT", path, headers: ["Authorization: \(value)"])
            }
            for value in ["Digest x", "Basic !!!", "", "Bearer a b"] {
                try await server.expectProblem(.unauthenticated, 401, "PUT", path, headers: ["Authorization: \(value)"])
            }
        }
    }

    @Test("A token is good for what its scopes cover, whatever its user may do")
    func scopes() async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            try await server.publish(.make("npm", "lamp"), token: owner)
            let base = "/api/v1/projects/npm/lamp"
            let calls: [(method: String, path: String, body: JSONValue, scope: String)] = [
                ("PUT", "/releases/1.0.0/yank", [:], "yank:npm:lamp"),
                ("PUT", "/releases/1.0.0/deprecation", ["message": "x"], "publish:npm"),
                ("PUT", "/status", ["status": "archived"], "manage:*:la*"),
                ("PUT", "/members/owner", ["role": "owner"], "manage"),
            ]
            for call in calls {
                let enough = try await server.process.token(user: "owner", scopes: [call.scope])
                let others = ["read", "publish", "yank", "manage"].filter { !call.scope.hasPrefix($0) }
                let tooLittle = try await server.process.token(
                    user: "owner",
                    scopes: others + ["\(call.scope.prefix(4) == "yank" ? "yank" : "manage"):npm:lantern"])
                let refused = try await server.call(call.method, base + call.path, token: tooLittle, json: call.body)
                #expect(refused.status == 403, "\(call.path)")
                #expect(try refused.json()["code"] == "insufficient-scope")
                let accepted = try await server.call(call.method, base + call.path, token: enough, json: call.body)
                // Who gives a role is told whether it waits to be accepted.
                #expect(accepted.status == (call.path.hasPrefix("/members/") ? 200 : 204), "\(call.path)")
            }
        }
    }
}
