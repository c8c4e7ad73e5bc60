import HallmarkTesting
import RegistryModel
import Testing

@Suite("/api/v1/projects", .enabled(if: SamplePackage.isAvailable, "needs python3"), .timeLimit(.minutes(10)))
struct APIProjectTests {
    private static let project = "/api/v1/projects/npm/lamp"

    /// Runs `body` on a server with `npm/lamp` 1.0.0 and 1.1.0 and the tokens of their owner and of an administrator.
    private func withLamp(_ body: (LiveServer, _ owner: String, _ root: String) async throws -> Void) async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            let root = try await server.person("chief", isAdministrator: true)
            try await server.publish(.make("npm", "lamp", "1.0.0"), token: owner)
            try await server.publish(.make("npm", "lamp", "1.1.0"), token: owner)
            try await body(server, owner, root)
        }
    }

    @Test("GET: a project with its versions, files and people; search finds it")
    func show() async throws {
        try await withLamp { server, _, _ in
            let answer = try await server.call("GET", Self.project)
            #expect(answer.status == 200 && answer["content-type"] == "application/json")
            #expect(answer["cache-control"] == "no-store")
            let body = try answer.json()
            #expect(body["ecosystem"] == "npm" && body["name"] == "lamp" && body["latest"] == "1.1.0")
            #expect(body["visibility"] == "public" && body["status"] == "active" && body["status_reason"] == nil)
            #expect(body["members"] == [["name": "owner", "role": "owner"]])
            let releases = try #require(body["releases"]?.arrayValue)
            #expect(releases.map { $0["version"] } == ["1.0.0", "1.1.0"])
            #expect(releases.allSatisfy { $0["state"] == "live" && $0["credential"] == "operator-token" })
            let file = try #require(releases.first?["files"]?.arrayValue?.first)
            #expect(file["name"] == "lamp-1.0.0.tgz")
            let digest = try #require(file["sha256"]?.stringValue)
            let content = try await server.call("GET", "/npm/lamp/-/lamp-1.0.0.tgz")
            #expect(file["size"]?.integerValue == Int64(content.body.count))
            #expect(digest.utf8.count == 64)

            let found = try await server.call("GET", "/api/v1/search?q=lamp").json()
            #expect(found["total"] == 1 && found["hits"]?.arrayValue?.first?["name"] == "lamp")
            for query in ["q=lamp&ecosystem=pypi", "q=nothing"] {
                #expect(try await server.call("GET", "/api/v1/search?\(query)").json()["total"] == 0)
            }
            let head = try await server.call("HEAD", Self.project)
            #expect(head.status == 200 && head.body.isEmpty)
        }
    }

    @Test("GET events: newest first, in pages, canonical as they were written")
    func events() async throws {
        try await withLamp { server, _, _ in
            func page(_ query: String) async throws -> [JSONValue] {
                try await server.call("GET", "\(Self.project)/events\(query)").json()["events"]?.arrayValue ?? []
            }
            let all = try await page("")
            #expect(all.map { $0["kind"] } == ["file.published", "file.published", "project.created"])
            #expect(all.allSatisfy { $0["actor"] == "owner" && $0["via"] == "operator-token" })
            #expect(try await page("?limit=1") == Array(all.prefix(1)))
            let last = try #require(all[1]["id"]?.stringValue)
            #expect(try await page("?before=\(last)") == Array(all.suffix(1)))
            for query in [
                "limit=0", "limit=1001", "limit=x", "limit=", "limit=-1", "limit=1e2", "before=x", "before=-1",
            ] {
                try await server.expectProblem(.badRequest, 400, "GET", "\(Self.project)/events?\(query)")
            }
            try await server.expectProblem(
                .badRequest, 400, "GET", "\(Self.project)/events?before=99999999999999999999")
        }
    }

    @Test("What happened while fewer could read a project is not told to everybody afterwards")
    func hiddenEvents() async throws {
        try await withLamp { server, owner, _ in
            func set(_ visibility: String) async throws {
                let answer = try await server.call(
                    "PUT", "\(Self.project)/visibility", token: owner,
                    json: .object([.init("visibility", .string(visibility))]))
                #expect(answer.status == 204)
            }
            try await set("private")
            let yanked = try await server.call(
                "PUT", "\(Self.project)/releases/1.0.0/yank", token: owner, json: ["reason": "an embarrassing secret"])
            #expect(yanked.status == 204)
            let inside = try await server.call("GET", "\(Self.project)/events", token: owner)
            #expect(inside.text.contains("embarrassing"))
            try await server.expectProblem(.unauthenticated, 401, "GET", "\(Self.project)/events")
            try await set("public")
            let outside = try await server.call("GET", "\(Self.project)/events")
            #expect(outside.status == 200 && outside.text.contains("file.published"))
            #expect(!outside.text.contains("embarrassing"))
        }
    }

    @Test("PUT status: archive and back for owners, quarantine for administrators")
    func status() async throws {
        try await withLamp { server, owner, root in
            let path = "\(Self.project)/status"
            func put(_ body: JSONValue, _ token: String) async throws -> RawResponse {
                try await server.call("PUT", path, token: token, json: body)
            }
            let answer = try await put(["status": "archived", "reason": "finished"], owner)
            #expect(answer.status == 204 && answer.body.isEmpty)
            let archived = try await server.call("GET", Self.project).json()
            #expect(archived["status"] == "archived" && archived["status_reason"] == "finished")
            let refused = try await server.send(.make("npm", "lamp", "1.2.0"), token: owner)
            #expect(refused.status == 403)
            #expect(try await put(["status": "active", "reason": nil], owner).status == 204)
            #expect(try await server.call("GET", Self.project).json()["status_reason"] == nil)
            #expect(try await put(["status": "quarantined"], owner).status == 403)
            #expect(try await put(["status": "quarantined", "reason": "malware"], root).status == 204)
            let file = try await server.call("GET", "/npm/lamp/-/lamp-1.0.0.tgz")
            #expect(file.status == 403)
            #expect(try await put(["status": "active"], owner).status == 403)
            #expect(try await put(["status": "active"], root).status == 204)
            for body: JSONValue in [
                [:], ["status": "lost"], ["status": 1], ["status": nil], ["status": "active", "reason": 1],
            ] {
                #expect(try await put(body, owner).status == 400)
            }
        }
    }

    @Test("PUT visibility: private is 401 for nobody in particular and 404 for strangers")
    func visibility() async throws {
        try await withLamp { server, owner, root in
            let stranger = try await server.person("stranger")
            for body: JSONValue in [[:], ["visibility": "secret"], ["visibility": true]] {
                let answer = try await server.call("PUT", "\(Self.project)/visibility", token: owner, json: body)
                #expect(answer.status == 400)
            }
            for (visibility, expected) in [("internal", [401, 200, 200, 200]), ("private", [401, 404, 200, 200])] {
                let answer = try await server.call(
                    "PUT", "\(Self.project)/visibility", token: owner,
                    json: .object([.init("visibility", .string(visibility))]))
                #expect(answer.status == 204)
                for (token, status) in zip([nil, stranger, owner, root], expected) {
                    #expect(try await server.call("GET", Self.project, token: token).status == status, "\(visibility)")
                    let found = try await server.call("GET", "/api/v1/search?q=lamp", token: token).json()
                    #expect(found["total"] == (status == 200 ? 1 : 0), "\(visibility)")
                }
            }
        }
    }

    @Test("DELETE: all versions or none, under the policy; the name stays taken")
    func remove() async throws {
        try await withLamp { server, owner, _ in
            #expect(try await server.call("DELETE", Self.project, token: owner).status == 204)
            try await server.expectProblem(.notFound, 404, "GET", Self.project)
            #expect(try await server.call("GET", "/npm/lamp").status == 404)
            try await server.expectProblem(.notFound, 404, "DELETE", Self.project, token: owner)
            let again = try await server.send(.make("npm", "lamp", "1.0.0"), token: owner)
            #expect(again.status == 403 && again.text.contains("was removed from this registry"), "\(again.text)")
            let stranger = try await server.person("stranger")
            #expect(try await server.send(.make("npm", "lamp", "2.0.0"), token: stranger).status == 403)
        }
    }
}
