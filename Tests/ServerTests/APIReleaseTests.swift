import HallmarkTesting
import RegistryModel
import Testing

@Suite(
    "/api/v1/projects/{ecosystem}/{name}/releases", .enabled(if: SamplePackage.isAvailable, "needs python3"),
    .timeLimit(.minutes(10)))
struct APIReleaseTests {
    private static let release = "/api/v1/projects/cargo/lamp/releases/1.0.0"

    private func withLamp(_ body: (LiveServer, _ owner: String) async throws -> Void) async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            try await server.publish(.make("cargo", "lamp", "1.0.0"), token: owner)
            try await body(server, owner)
        }
    }

    private func state(_ server: LiveServer) async throws -> JSONValue? {
        try await server.call("GET", "/api/v1/projects/cargo/lamp").json()["releases"]?.arrayValue?.first
    }

    @Test("A text that is longer than is described is refused")
    func longTexts() async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            try await server.publish(.make("npm", "lamp"), token: owner)
            let release = "/api/v1/projects/npm/lamp/releases/1.0.0"
            for (path, member) in [("/yank", "reason"), ("/deprecation", "message")] {
                for (count, status) in [(1000, 204), (1001, 400)] {
                    // One letter with marks: a single character for Swift, and as many as are counted for everybody else.
                    let text = "e" + String(repeating: "\u{301}", count: count - 1)
                    let body = JSONValue.object([.init(member, .string(text))])
                    let answer = try await server.call("PUT", release + path, token: owner, json: body)
                    #expect(answer.status == status, "\(path) with \(count): \(answer.text)")
                }
            }
        }
    }

    @Test("PUT and DELETE yank")
    func yank() async throws {
        try await withLamp { server, owner in
            let path = "\(Self.release)/yank"
            #expect(try await server.call("PUT", path, token: owner).status == 204)
            #expect(try await state(server)?["state"] == "yanked")
            #expect(try await state(server)?["state_reason"] == nil)
            #expect(try await server.call("GET", "/cargo/la/mp/lamp").text.contains("\"yanked\":true"))
            let reason = try await server.call("PUT", path, token: owner, json: ["reason": "it burns"])
            #expect(reason.status == 204)
            #expect(try await state(server)?["state_reason"] == "it burns")
            let long = try await server.call(
                "PUT", path, token: owner,
                json: .object([.init("reason", .string(String(repeating: "é", count: 1000)))]))
            #expect(long.status == 204)
            #expect(try await state(server)?["state_reason"]?.stringValue?.count == 1000)
            for _ in 0..<2 { #expect(try await server.call("DELETE", path, token: owner).status == 204) }
            #expect(try await state(server)?["state"] == "live")
            try await server.expectProblem(
                .notFound, 404, "PUT", "/api/v1/projects/cargo/lamp/releases/9.9.9/yank", token: owner)
            try await server.expectProblem(
                .notFound, 404, "PUT", "/api/v1/projects/cargo/lamp/releases/no-version/yank", token: owner)
        }
    }

    @Test("PUT and DELETE deprecation")
    func deprecation() async throws {
        try await withLamp { (server, owner) async throws -> Void in
            let path = "\(Self.release)/deprecation"
            #expect(try await server.call("PUT", path, token: owner, json: ["message": "use torch"]).status == 204)
            #expect(try await state(server)?["deprecation"] == "use torch")
            for body: JSONValue in [[:], ["message": ""], ["message": nil], ["message": 5]] {
                #expect(try await server.call("PUT", path, token: owner, json: body).status == 400)
            }
            #expect(try await server.call("DELETE", path, token: owner).status == 204)
            #expect(try await state(server)?["deprecation"] == nil)
        }
    }

    @Test("DELETE and POST restore: removed for good, unless an administrator brings it back")
    func removal() async throws {
        try await withLamp { server, owner in
            let root = try await server.person("chief", isAdministrator: true)
            #expect(try await server.call("DELETE", Self.release, token: owner).status == 204)
            #expect(try await server.call("GET", "/api/v1/projects/cargo/lamp").status == 404)
            #expect(try await server.call("GET", "/cargo/api/v1/crates/lamp/1.0.0/download").status == 404)
            try await server.expectProblem(.notFound, 404, "DELETE", Self.release, token: owner)
            try await server.expectProblem(.conflict, 409, "PUT", "\(Self.release)/yank", token: owner)
            try await server.expectProblem(.forbidden, 403, "POST", "\(Self.release)/restore", token: owner)
            #expect(try await server.call("POST", "\(Self.release)/restore", token: root).status == 204)
            #expect(try await state(server)?["state"] == "live")
            #expect(try await server.call("GET", "/cargo/api/v1/crates/lamp/1.0.0/download").status == 200)
            try await server.expectProblem(.conflict, 409, "POST", "\(Self.release)/restore", token: root)
        }
    }

    @Test("A body that is no JSON object, holds a member twice, or is too large is refused and changes nothing")
    func bodies() async throws {
        try await withLamp { server, owner in
            let deep = String(repeating: "{\"a\":", count: 20) + "1" + String(repeating: "}", count: 20)
            for text in [
                "[]", "1", "{", "{\"reason\":\"a\",\"reason\":\"b\"}", "{\"reason\":\"\\u0000\"}", deep, "null",
            ] {
                let answer = try await server.call(
                    "PUT", "\(Self.release)/yank", token: owner, body: Array(text.utf8))
                #expect(answer.status == 400, "\(text)")
            }
            let large = Array("{\"reason\":\"".utf8) + [UInt8](repeating: 0x61, count: 70_000) + Array("\"}".utf8)
            let answer = try await server.call("PUT", "\(Self.release)/yank", token: owner, body: large)
            #expect(answer.status == 413)
            #expect(try await state(server)?["state"] == "live")
        }
    }
}
