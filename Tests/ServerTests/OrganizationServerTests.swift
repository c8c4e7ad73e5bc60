import HallmarkTesting
import RegistryModel
import Testing

/// Organizations, invitations and transfers as a script sees them, and as npm and cargo do.
@Suite("AUTHZ-2.1 /api/v1/organizations and …/invitations", .timeLimit(.minutes(10)))
struct OrganizationServerTests {
    private static let acme = "/api/v1/organizations/acme"

    private func invitation(_ server: LiveServer, _ token: String) async throws -> String {
        let found = try await server.call("GET", "/api/v1/invitations", token: token).json()["invitations"]
        return try #require(found?.arrayValue?.first?["id"]?.stringValue)
    }

    @Test("An organization from its making to its end")
    func life() async throws {
        try await withLiveServer { server in
            let alice = try await server.process.ownPerson("alice")
            let bob = try await server.process.ownPerson("bob")
            let bare = try await server.process.ownPerson("bare", [.password])
            let mallory = try await server.process.ownPerson("mallory")
            func status(_ method: String, _ path: String, _ token: String?, _ body: JSONValue? = nil) async throws
                -> Int
            {
                try await server.call(
                    method, path, token: token, headers: ["Content-Type: application/json"], body: body?.bytes()
                ).status
            }
            try await server.expectProblem(
                .secondFactorRequired, 403, "POST", "/api/v1/organizations", token: bare, json: ["name": "acme"])
            #expect(
                try await status("POST", "/api/v1/organizations", alice, ["name": "acme", "title": "Acme Ltd"]) == 200)
            try await server.expectProblem(
                .userExists, 409, "POST", "/api/v1/organizations", token: bob, json: ["name": "ALICE"])
            let shown = try await server.call("GET", Self.acme).json()
            #expect(shown["title"] == "Acme Ltd" && shown["members"] == nil && shown["teams"] == nil)
            #expect(try await status("PUT", Self.acme + "/members/bob", bob, ["role": "owner"]) == 403)
            let grant = try await server.call("PUT", Self.acme + "/members/bob", token: alice, json: ["role": "member"])
            #expect(try grant.json()["state"] == "offered")
            let id = try await invitation(server, bob)
            #expect(try await status("POST", "/api/v1/invitations/\(id)/acceptance", mallory) == 404)
            #expect(try await status("DELETE", "/api/v1/invitations/\(id)", mallory) == 404)
            #expect(try await status("POST", "/api/v1/invitations/\(id)/acceptance", bob) == 200)
            #expect(try await status("POST", "/api/v1/invitations/\(id)/acceptance", bob) == 404)
            let members = try await server.call("GET", Self.acme, token: bob).json()["members"]
            #expect(members == [["name": "alice", "role": "owner"], ["name": "bob", "role": "member"]])
            #expect(try await server.call("GET", Self.acme, token: mallory).json()["members"] == nil)
            #expect(try await status("POST", Self.acme + "/teams", bob, ["name": "core"]) == 403)
            #expect(try await status("POST", Self.acme + "/teams", alice, ["name": "core"]) == 204)
            #expect(try await status("PUT", Self.acme + "/teams/core/members/bob", alice) == 200)
            #expect(try await status("GET", Self.acme + "/teams/core", mallory) == 403)
            #expect(try await server.call("GET", Self.acme + "/teams/core", token: bob).json()["members"] == ["bob"])
            try await server.expectProblem(.lastOwner, 409, "DELETE", Self.acme + "/members/alice", token: alice)
            #expect(try await status("DELETE", Self.acme + "/members/bob", bob) == 204)
            #expect(try await status("DELETE", Self.acme, bob) == 403)
            #expect(try await status("DELETE", Self.acme, alice) == 204)
            #expect(try await status("GET", Self.acme, alice) == 404)
            #expect(try await server.process.admin(["user", "create", "acme", "--email", "a@example.org"]).status != 0)
        }
    }

    @Test(
        "A project that is handed to an organization, by the API",
        .enabled(if: SamplePackage.isAvailable, "needs python3"))
    func transfer() async throws {
        try await withLiveServer { server in
            let alice = try await server.process.ownPerson("alice")
            let bob = try await server.process.ownPerson("bob")
            try await server.process.admin(["organization", "create", "acme", "--owner", "bob"]).checked()
            try await server.publish(.make("npm", "lamp"), token: alice)
            let path = "/api/v1/projects/npm/lamp/transfer"
            let offer = try await server.call("PUT", path, token: alice, json: ["to": "acme"])
            #expect(try offer.json()["receiver"] == "organization", "\(offer.text)")
            #expect(try await server.call("GET", path, token: bob).json()["transfers"]?.arrayValue?.count == 1)
            #expect(try await server.call("POST", path + "/acceptance", token: bob).status == 200)
            let project = try await server.call("GET", "/api/v1/projects/npm/lamp").json()
            #expect(project["organization"] == "acme" && project["members"] == [])
            #expect(try await server.send(.make("npm", "lamp", "1.1.0"), token: alice).status == 403)
            try await server.publish(.make("npm", "lamp", "1.1.0"), token: bob)
            #expect(try await server.call("GET", "/npm/-/org/acme/package", token: bob).json() == ["lamp": "write"])
        }
    }

    @Test("Factors at publish, in every dialect", .enabled(if: SamplePackage.isAvailable, "needs python3"))
    func factors() async throws {
        try await withLiveServer { server in
            let bare = try await server.process.ownPerson("bare", [.password])
            let alice = try await server.process.ownPerson("alice")
            let owner = try await server.person("vouched")
            for ecosystem in ["pypi", "cargo", "npm", "swift", "composer"] {
                let prefix = ["swift": "team.", "composer": "team/"][ecosystem] ?? ""
                let refused = try await server.send(.make(ecosystem, prefix + "lamp"), token: bare)
                #expect(
                    refused.status == 403 && refused.text.contains("second factor"), "\(ecosystem): \(refused.text)")
                // The operator vouches, but for nothing on which much depends.
                try await server.publish(.make(ecosystem, prefix + "lamp"), token: owner)
                try await server.admin("member", ecosystem, prefix + "lamp", "alice", "--role", "owner")
                try await server.admin("critical", ecosystem, prefix + "lamp", "--now")
                for (token, words) in [(owner, "the operator made"), (alice, "security key")] {
                    let critical = try await server.send(.make(ecosystem, prefix + "lamp", "1.1.0"), token: token)
                    #expect(critical.status == 403 && critical.text.contains(words), "\(ecosystem): \(critical.text)")
                }
                try await server.admin("uncritical", ecosystem, prefix + "lamp")
                try await server.publish(.make(ecosystem, prefix + "lamp", "1.1.0"), token: alice)
            }
        }
    }
}
