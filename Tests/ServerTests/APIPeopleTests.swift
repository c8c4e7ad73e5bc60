import HallmarkTesting
import RegistryModel
import Testing

@Suite(
    "/api/v1/user and …/members", .enabled(if: SamplePackage.isAvailable, "needs python3"), .timeLimit(.minutes(10)))
struct APIPeopleTests {
    private static let members = "/api/v1/projects/pypi/lamp/members"

    @Test("GET user: whose token it is and what it may do")
    func user() async throws {
        try await withLiveServer { server in
            let token = try await server.person("alice", scopes: ["read", "publish:npm:@team/*"])
            let root = try await server.person("chief", isAdministrator: true)
            let answer = try await server.call("GET", "/api/v1/user", token: token)
            #expect(answer["cache-control"] == "no-store")
            #expect(
                try answer.json() == [
                    "name": "alice", "administrator": false, "moderator": false, "auditor": false,
                    "credential": "operator-token",
                    "scopes": ["read", "publish:npm:@team/*"],
                ])
            #expect(try await server.call("GET", "/api/v1/user", token: root).json()["administrator"] == true)
            try await server.expectProblem(.unauthenticated, 401, "GET", "/api/v1/user")
            try await server.expectProblem(.tokenInvalid, 401, "GET", "/api/v1/user", token: "hlmk_wrong")
            let basic = { (pair: String) in "Authorization: Basic \(Self.base64(pair))" }
            for pair in ["__token__:\(token)", "alice:\(token)", ":\(token)"] {
                #expect(try await server.call("GET", "/api/v1/user", headers: [basic(pair)]).status == 200)
            }
            let wrong = try await server.call("GET", "/api/v1/user", headers: [basic("chief:\(token)")])
            #expect(wrong.status == 401)
            #expect(!server.process.log.contains(token) && !server.process.log.contains(Self.base64(":\(token)")))
        }
    }

    @Test("PUT and DELETE members: roles, the last owner, people who do not exist")
    func members() async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            let helper = try await server.person("helper")
            try await server.publish(.make("pypi", "lamp"), token: owner)
            func list() async throws -> JSONValue? {
                try await server.call("GET", Self.members, token: helper).json()["members"]
            }
            func put(_ user: String, _ role: JSONValue, _ token: String) async throws -> Int {
                try await server.call(
                    "PUT", "\(Self.members)/\(user)", token: token, json: .object([.init("role", role)])
                ).status
            }
            #expect(try await list() == [["name": "owner", "role": "owner"]])
            #expect(try await put("helper", "maintainer", helper) == 403)
            #expect(try await put("HELPER", "maintainer", owner) == 200)
            #expect(
                try await list() == [
                    ["name": "owner", "role": "owner"], ["name": "helper", "role": "maintainer"],
                ])
            #expect(try await put("helper", "owner", helper) == 403, "a maintainer does not promote")
            try await server.publish(.make("pypi", "lamp", "1.1.0"), token: helper)
            for role: JSONValue in ["admin", "", nil, 1, ["owner"]] {
                #expect(try await put("helper", role, owner) == 400)
            }
            #expect(try await put("nobody", "owner", owner) == 404)
            #expect(try await put("owner", "maintainer", owner) == 409, "somebody must own it")
            try await server.expectProblem(.lastOwner, 409, "DELETE", "\(Self.members)/owner", token: owner)
            try await server.expectProblem(.notOwner, 403, "DELETE", "\(Self.members)/owner", token: helper)
            #expect(try await put("helper", "owner", owner) == 200)
            #expect(try await server.call("DELETE", "\(Self.members)/owner", token: helper).status == 204)
            try await server.expectProblem(.notFound, 404, "DELETE", "\(Self.members)/owner", token: helper)
            try await server.expectProblem(.userUnknown, 404, "DELETE", "\(Self.members)/nobody", token: helper)
            #expect(try await server.send(.make("pypi", "lamp", "1.2.0"), token: owner).status == 403)
            #expect(try await list() == [["name": "helper", "role": "owner"]])
        }
    }

    private static func base64(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var out = ""
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let padded = Array(group) + [UInt8](repeating: 0, count: 3 - group.count)
            let value = Int(padded[0]) << 16 | Int(padded[1]) << 8 | Int(padded[2])
            for place in 0..<4 {
                out.append(place <= group.count ? alphabet[value >> (18 - 6 * place) & 63] : "=")
            }
        }
        return out
    }
}
