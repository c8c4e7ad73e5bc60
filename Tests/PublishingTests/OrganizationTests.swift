import Accounts
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("AUTHZ-2.1 Organizations and teams")
struct OrganizationTests {
    @Test("A name is a user's or an organization's, and nobody's again", arguments: TestBackend.allCases)
    func names(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let organizations = registry.ownership.organizations
            let alice = try await registry.signedIn("alice")
            _ = try await organizations.create(name: "Acme", title: "Acme Ltd", by: alice)
            await expectRefusal(.userExists, "a user's name") {
                _ = try await organizations.create(name: "ALICE", title: "", by: alice)
            }
            await expectRefusal(.userExists, "an organization's name") {
                _ = try await registry.accounts.createUser(
                    name: "acme", email: "a@example.org", isAdministrator: false)
            }
            await expectRefusal(.nameInvalid) {
                _ = try await organizations.create(name: "a b", title: "", by: alice)
            }
            try await organizations.delete("acme", by: alice)
            await expectRefusal(.notFound) { _ = try await organizations.find("acme", for: .anonymous) }
            await expectRefusal(.userExists, "the name of one that is deleted") {
                _ = try await organizations.create(name: "acme", title: "", by: alice)
            }
            await expectRefusal(.userExists) {
                _ = try await registry.accounts.createUser(
                    name: "Acme", email: "a@example.org", isAdministrator: false)
            }
            try await registry.driver.write { connection in
                _ = try connection.execute("UPDATE users SET state = 'deleted' WHERE id = \(alice.userID)")
            }
            let bob = try await registry.signedIn("bob")
            await expectRefusal(.userExists, "the name of an account that is closed") {
                _ = try await organizations.create(name: "alice", title: "", by: bob)
            }
        }
    }

    @Test("Of a user and an organization that take one name at once, one gets it", arguments: TestBackend.allCases)
    func raceForName(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.signedIn("alice")
            for round in 0..<6 {
                let name = "name\(round)"
                async let user = taken {
                    _ = try await registry.accounts.createUser(
                        name: name, email: "a@example.org", isAdministrator: false)
                }
                async let organization = taken {
                    _ = try await registry.ownership.organizations.create(name: name, title: "", by: alice)
                }
                let winners = try await [user, organization].count { $0 }
                #expect(winners == 1, "\(name)")
            }
        }
    }

    /// Whether it was done; false where the name was taken.
    private func taken(_ body: () async throws -> Void) async throws -> Bool {
        do {
            try await body()
            return true
        } catch let problem as Problem where problem.code == .userExists {
            return false
        }
    }

    @Test(
        "Owners are owners of what the organization owns; members are nothing by themselves",
        arguments: TestBackend.allCases)
    func ownership(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let organizations = registry.ownership.organizations
            let alice = try await registry.signedIn("alice")
            let bob = try await registry.signedIn("bob")
            let carol = try await registry.signedIn("carol")
            _ = try await organizations.create(name: "acme", title: "Acme", by: alice)
            #expect(try await organizations.setMember("acme", user: "bob", role: .member, by: alice) != .done)
            let invitation = try #require(try await registry.ownership.invitations.list(by: bob).first)
            #expect(invitation.label == "acme" && invitation.role == "member" && invitation.inviter == "alice")
            _ = try await registry.ownership.invitations.accept(invitation.id, by: bob)
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            _ = try await registry.ownership.transfers.offer(plain, name: "lamp", to: "acme", by: alice)
            _ = try await registry.ownership.transfers.accept(plain, name: "lamp", by: alice)
            #expect(try await registry.history("lamp").organization == "acme")
            #expect(try await registry.history("lamp").members.isEmpty, "who gave it keeps no role of their own")
            _ = try await registry.publish("lamp", "1.1.0", by: alice)
            await expectRefusal(.notOwner) { _ = try await registry.publish("lamp", "1.2.0", by: bob) }

            // A team that may publish.
            _ = try await organizations.createTeam("acme", team: "core", by: alice)
            await expectRefusal(.notOwner, "a member edits no team") {
                try await organizations.addToTeam("acme", team: "core", user: "bob", by: bob)
            }
            #expect(try await organizations.addToTeam("acme", team: "core", user: "bob", by: alice) == .done)
            try await registry.lifecycle.setTeam(
                plain, name: "lamp", organization: "acme", team: "core", role: .maintainer, by: alice)
            _ = try await registry.publish("lamp", "1.2.0", by: bob)
            await expectRefusal(.notOwner) {
                try await registry.lifecycle.addMember(plain, name: "lamp", user: "carol", role: .owner, by: bob)
            }
            await expectRefusal(.notOwner, "a stranger sees no team") {
                _ = try await organizations.team("acme", team: "core", by: carol)
            }
            let team = try await organizations.team("acme", team: "core", by: bob)
            #expect(team.members == ["bob"] && team.projects.map(\.project.name.display) == ["lamp"])
            await expectRefusal(.conflict, "it owns something") { try await organizations.delete("acme", by: alice) }
            try await organizations.removeFromTeam("acme", team: "core", user: "bob", by: bob)
            await expectRefusal(.notOwner) { _ = try await registry.publish("lamp", "1.3.0", by: bob) }
            #expect(try await registry.notices(bob).contains("role.changed removed"))
        }
    }

    @Test(
        "Who is not in the organization joins it with the team, when the invitation is accepted",
        arguments: TestBackend.allCases)
    func teamInvitation(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let organizations = registry.ownership.organizations
            let alice = try await registry.signedIn("alice")
            let bob = try await registry.signedIn("bob")
            _ = try await organizations.create(name: "acme", title: "Acme", by: alice)
            _ = try await organizations.createTeam("acme", team: "core", by: alice)
            guard case .offered = try await organizations.addToTeam("acme", team: "core", user: "bob", by: alice) else {
                Issue.record("it holds before bob agreed")
                return
            }
            #expect(try await organizations.team("acme", team: "core", by: alice).members.isEmpty)
            let id = try #require(try await registry.ownership.invitations.list(by: bob).first).id
            _ = try await registry.ownership.invitations.accept(id, by: bob)
            #expect(try await organizations.team("acme", team: "core", by: bob).members == ["bob"])
            try await organizations.removeMember("acme", user: "bob", by: alice)
            #expect(try await organizations.team("acme", team: "core", by: alice).members.isEmpty, "and out of both")
        }
    }

    /// Which projects somebody is shown: by search, in lists, by name, and on the page of the organization.
    private func seen(_ registry: TestRegistry, _ principal: Principal) async throws -> [Set<String>] {
        let reader = Reader.principal(principal)
        var found = Set<String>()
        for word in ["lamp", "wick", "wax"] {
            let hits = try await registry.catalog.search(SearchQuery(text: word), for: reader).hits
            found.formUnion(hits.map(\.project.name.display))
        }
        let hidden = try await registry.catalog.hiddenNames(plain, for: principal, limit: 10)
        let known = try await registry.catalog.known(plain, keys: ["lamp", "wick", "wax"], for: reader)
        let owned = try await registry.ownership.organizations.find("acme", for: reader).projects
        return [found, Set(hidden.map(\.display)), Set(known.map(\.display)), Set(owned.map(\.name.display))]
    }

    @Test(
        "Private projects are found and read by the teams and owners of their organization, and by nobody else",
        arguments: TestBackend.allCases)
    func reading(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let organizations = registry.ownership.organizations
            let alice = try await registry.signedIn("alice")
            let bob = try await registry.signedIn("bob")
            let carol = try await registry.signedIn("carol")
            let auditor = try await registry.signedIn("walter", isAuditor: true)
            _ = try await organizations.create(name: "acme", title: "Acme", by: alice)
            _ = try await organizations.createTeam("acme", team: "core", by: alice)
            for (name, owner) in [("lamp", "acme"), ("wick", "acme"), ("wax", nil)] as [(String, String?)] {
                _ = try await registry.publish(name, "1.0.0", by: alice)
                try await registry.lifecycle.setVisibility(plain, name: name, .private, by: alice)
                if let owner {
                    _ = try await registry.ownership.transfers.offer(plain, name: name, to: owner, by: alice)
                    _ = try await registry.ownership.transfers.accept(plain, name: name, by: alice)
                }
            }
            for user in ["bob", "carol"] {
                try await organizations.setMember("acme", user: user, role: .member, by: alice)
            }
            for person in [bob, carol] {
                let id = try #require(try await registry.ownership.invitations.list(by: person).first).id
                _ = try await registry.ownership.invitations.accept(id, by: person)
            }
            try await organizations.addToTeam("acme", team: "core", user: "bob", by: alice)
            try await registry.lifecycle.setTeam(
                plain, name: "lamp", organization: "acme", team: "core", role: .maintainer, by: alice)

            func seen(_ principal: Principal) async throws -> [Set<String>] { try await self.seen(registry, principal) }
            #expect(
                try await seen(alice) == [
                    ["lamp", "wick", "wax"], ["lamp", "wick", "wax"], ["lamp", "wick", "wax"], ["lamp", "wick"],
                ])
            #expect(try await seen(bob) == [["lamp"], ["lamp"], ["lamp"], ["lamp"]])
            #expect(try await seen(carol) == [[], [], [], []])
            let everything = try await seen(auditor)
            #expect(everything[0] == ["lamp", "wick", "wax"] && everything[2] == ["lamp", "wick", "wax"])
            _ = try await registry.history("lamp", for: .principal(bob))
            await expectRefusal(.notFound) { _ = try await registry.history("wick", for: .principal(bob)) }
            await expectRefusal(.notFound) { _ = try await registry.history("lamp", for: .principal(carol)) }
            await expectRefusal(.notOwner, "an auditor changes nothing") {
                try await registry.lifecycle.setVisibility(plain, name: "lamp", .public, by: auditor)
            }
        }
    }

    @Test(
        "A team owns only what its organization owns, and is given a role by somebody who is in it",
        arguments: TestBackend.allCases)
    func teamGrants(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let organizations = registry.ownership.organizations
            let alice = try await registry.signedIn("alice")
            let mallory = try await registry.signedIn("mallory")
            _ = try await organizations.create(name: "acme", title: "Acme", by: alice)
            _ = try await organizations.createTeam("acme", team: "core", by: alice)
            _ = try await registry.publish("evil", "1.0.0", by: mallory)
            await expectRefusal(.notFound, "somebody else's team") {
                try await registry.lifecycle.setTeam(
                    plain, name: "evil", organization: "acme", team: "core", role: .maintainer, by: mallory)
            }
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            await expectRefusal(.forbidden, "a team owns nothing of somebody's own") {
                try await registry.lifecycle.setTeam(
                    plain, name: "lamp", organization: "acme", team: "core", role: .owner, by: alice)
            }
            try await registry.lifecycle.setTeam(
                plain, name: "lamp", organization: "acme", team: "core", role: .maintainer, by: alice)
            #expect(
                try await registry.lifecycle.people(plain, name: "lamp", by: mallory).teams.map(\.team.label) == [
                    "acme:core"
                ])
            try await organizations.deleteTeam("acme", team: "core", by: alice)
            #expect(try await registry.lifecycle.people(plain, name: "lamp", by: mallory).teams.isEmpty)
        }
    }

    @Test("What is created in an organization's namespace is the organization's", arguments: TestBackend.allCases)
    func namespace(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let network = FakeNetwork()
            let namespaces = registry.namespaces(network)
            let organizations = registry.ownership.organizations
            let alice = try await registry.signedIn("alice")
            let bob = try await registry.signedIn("bob")
            let carol = try await registry.signedIn("carol")
            _ = try await organizations.create(name: "acme", title: "Acme", by: alice)
            _ = try await organizations.createTeam("acme", team: "core", by: alice)
            let claim = try await namespaces.claim(scoped, name: "fire", by: alice)
            await expectRefusal(.notOwner, "another's organization") {
                _ = try await registry.ownership.organizations.create(name: "other", title: "", by: carol)
                _ = try await namespaces.setOrganization(scoped, name: "fire", organization: "other", by: alice)
            }
            _ = try await namespaces.setOrganization(scoped, name: "fire", organization: "acme", by: alice)
            network.set("fire.org", ["hallmark-verification=\(claim.challenge)"])
            let verified = try await namespaces.verify(scoped, name: "fire", .dns(domain: "fire.org"), by: alice)
            #expect(verified.owner == "acme")
            try await organizations.setMember("acme", user: "bob", role: .member, by: alice)
            let id = try #require(try await registry.ownership.invitations.list(by: bob).first).id
            _ = try await registry.ownership.invitations.accept(id, by: bob)
            await expectRefusal(.namespaceTaken) {
                _ = try await registry.publish("fire-a", "1.0.0", by: bob, ecosystem: "shared")
            }
            try await namespaces.setTeam(
                scoped, name: "fire", organization: "acme", team: "core", role: .maintainer, by: alice)
            try await organizations.addToTeam("acme", team: "core", user: "bob", by: alice)
            let receipt = try await registry.publish("fire-a", "1.0.0", by: bob, ecosystem: "shared")
            #expect(receipt.project.organizationID != nil)
            #expect(try await namespaces.list(by: bob).map(\.name) == ["fire"], "by the team's role")
            let people = try await registry.lifecycle.people(scoped, name: "fire-a", by: bob)
            #expect(people.organization == "acme" && people.members.map(\.role) == [.maintainer])
            await expectRefusal(.notOwner, "who created it does not own it") {
                _ = try await registry.ownership.transfers.offer(scoped, name: "fire-a", to: "bob", by: bob)
            }
            // Who proved it and left has no say over it any more.
            try await organizations.setMember("acme", user: "bob", role: .owner, by: alice)
            let second = try #require(try await registry.ownership.invitations.list(by: bob).first).id
            _ = try await registry.ownership.invitations.accept(second, by: bob)
            try await organizations.removeMember("acme", user: "alice", by: alice)
            await expectRefusal(.notFound) { try await namespaces.withdraw(scoped, name: "fire", by: alice) }
            await expectRefusal(.notOwner) {
                try await namespaces.addMember(scoped, name: "fire", user: "carol", role: .owner, by: alice)
            }
            try await namespaces.addMember(scoped, name: "fire", user: "carol", role: .maintainer, by: bob)
        }
    }

    @Test(
        "The last owner neither leaves nor is demoted, and of two who leave at once one stays",
        arguments: TestBackend.allCases)
    func lastOwner(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let organizations = registry.ownership.organizations
            let alice = try await registry.signedIn("alice")
            let bob = try await registry.signedIn("bob")
            let root = try await registry.signedIn("root1", isAdministrator: true)
            _ = try await organizations.create(name: "acme", title: "Acme", by: alice)
            await expectRefusal(.lastOwner) { try await organizations.removeMember("acme", user: "alice", by: alice) }
            await expectRefusal(.lastOwner) {
                try await organizations.setMember("acme", user: "alice", role: .member, by: root)
            }
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            await expectRefusal(.lastOwner) {
                try await registry.driver.read { try LastOwner($0).require(dispensable: alice.userID) }
            }
            try await registry.driver.read { try LastOwner($0).require(dispensable: bob.userID) }
            for round in 0..<5 {
                #expect(
                    try await organizations.setMember("acme", user: "bob", role: .owner, by: root) != .unchanged
                        || round > 0)
                try await organizations.setMember("acme", user: "alice", role: .owner, by: root)
                try await registry.lifecycle.addMember(plain, name: "lamp", user: "bob", role: .owner, by: root)
                try await registry.lifecycle.addMember(plain, name: "lamp", user: "alice", role: .owner, by: root)
                async let one = left { try await organizations.removeMember("acme", user: "alice", by: alice) }
                async let other = left { try await organizations.removeMember("acme", user: "bob", by: bob) }
                #expect(try await [one, other].count { $0 } == 1)
                async let first = left {
                    try await registry.lifecycle.removeMember(plain, name: "lamp", user: "alice", by: alice)
                }
                async let second = left {
                    try await registry.lifecycle.removeMember(plain, name: "lamp", user: "bob", by: bob)
                }
                #expect(try await [first, second].count { $0 } == 1)
            }
        }
    }

    /// Whether somebody left; false where they were the last owner.
    private func left(_ body: () async throws -> Void) async throws -> Bool {
        do {
            try await body()
            return true
        } catch let problem as Problem where problem.code == .lastOwner {
            return false
        }
    }

    @Test("The operator's tokens act for nobody's person", arguments: TestBackend.allCases)
    func operatorTokens(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let organizations = registry.ownership.organizations
            let alice = try await registry.signedIn("alice")
            let token = try await registry.principal("alice")
            await expectRefusal(.operatorTokenRefused) {
                _ = try await organizations.create(name: "acme", title: "", by: token)
            }
            _ = try await organizations.create(name: "acme", title: "", by: alice)
            await expectRefusal(.operatorTokenRefused) {
                try await organizations.setMember("acme", user: "alice", role: .member, by: token)
            }
            await expectRefusal(.insufficientScope) {
                _ = try await organizations.createTeam(
                    "acme", team: "core", by: alice.withToken(scopes: ["manage:npm"]))
            }
            await expectRefusal(.forbidden) {
                _ = try await organizations.createTeam("acme", team: "core", by: alice.asPublisher)
            }
            _ = try await organizations.createTeam("acme", team: "core", by: alice.withToken(scopes: ["manage"]))
            let here = try await registry.accounts.commandLinePrincipal(as: nil)
            _ = try await registry.person("bob")
            #expect(try await organizations.setMember("acme", user: "bob", role: .owner, by: here) == .done)
        }
    }
}
