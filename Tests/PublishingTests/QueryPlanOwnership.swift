import Accounts
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

extension QueryPlanTests {
    /// Statements about who owns what that may read a table from its beginning, and why.
    static let ownershipScans: [String: String] = [
        "SELECT COUNT(*) AS n FROM projects WHERE latest_version": "once a day",
        "SELECT project_id AS id, CAST(SUM(count)": "once a day, one pass over the sums",
        "SELECT p.id, d.n FROM ( SELECT ecosystem, name_key, COUNT(DISTINCT": "once a day, one pass over an index",
        "SELECT * FROM projects WHERE critical_since": "as many as are critical, in the order of the index",
    ]

    /// Statements about who owns what that may sort what they found, and what bounds it.
    static let ownershipSorts: [String: String] = [
        "SELECT p.* FROM projects p WHERE p.id IN ( SELECT m.project_id": "one user's projects",
        "SELECT o.*, m.role AS held": "one user's organizations",
        "SELECT * FROM projects WHERE organization_id": "one organization's projects",
        "SELECT t.*, o.name AS organization": "one organization's teams, or those of one project",
        "SELECT p.*, t.role AS held": "one team's projects",
        "SELECT n.*, g.name AS owner": "one organization's namespaces",
        "SELECT n.*, t.role AS held": "one team's namespaces",
        "SELECT i.*, u.name AS invited": "one person's invitations, or those to one thing",
        "SELECT t.*, p.ecosystem, p.name AS project": "one side's transfers",
        "SELECT project_id AS id, CAST(SUM(count)": "once a day",
        "SELECT p.id, d.n FROM ( SELECT ecosystem, name_key, COUNT(DISTINCT": "once a day",
        "SELECT m.user_id, u.name FROM team_members": "one team's members",
    ]

    /// Organizations, invitations, transfers, and what is critical.
    static func useOwnership(_ registry: TestRegistry) async throws {
        let alice = try await registry.signedIn("orga")
        let erin = try await registry.signedIn("erin")
        let here = try await registry.accounts.commandLinePrincipal(as: nil)
        let organizations = registry.ownership.organizations
        let invitations = registry.ownership.invitations
        for name in ["guild", "empty"] { _ = try await organizations.create(name: name, title: "", by: alice) }
        try await organizations.setTitle("guild", "The Guild", by: alice)
        for team in ["core", "spare"] { _ = try await organizations.createTeam("guild", team: team, by: alice) }
        try await organizations.setMember("guild", user: "erin", role: .member, by: alice)
        let first = try #require(try await invitations.list(by: erin).first)
        try await invitations.decline(first.id, by: erin)
        try await organizations.setMember("guild", user: "erin", role: .member, by: alice)
        let second = try #require(try await invitations.list(by: erin).first)
        _ = try await invitations.accept(second.id, by: erin)
        try await organizations.addToTeam("guild", team: "core", user: "erin", by: alice)
        _ = try await registry.publish("tallow", "1.0.0", by: alice)
        try await registry.lifecycle.setTokenPolicy(plain, name: "tallow", .trusted, by: alice)
        try await transfers(registry, alice)
        for role in [Role.maintainer, nil] {
            try await registry.lifecycle.setTeam(
                plain, name: "tallow", organization: "guild", team: "core", role: role, by: alice)
        }
        try await namespaces(registry, alice)
        _ = try await organizations.list(by: alice)
        _ = try await organizations.all(by: here)
        _ = try await organizations.find("guild", for: .principal(alice))
        _ = try await organizations.team("guild", team: "core", by: alice)
        _ = try await registry.lifecycle.people(plain, name: "tallow", by: alice)
        _ = try await registry.catalog.search(SearchQuery(text: "tallow"), for: .principal(erin))
        try await organizations.removeFromTeam("guild", team: "core", user: "erin", by: alice)
        try await organizations.removeMember("guild", user: "erin", by: alice)
        try await organizations.deleteTeam("guild", team: "spare", by: alice)
        try await organizations.delete("empty", by: alice)
        try await registry.ownership.critical.mark(plain, name: "tallow", by: here)
        _ = try await registry.ownership.critical.list(for: .anonymous)
        _ = try await registry.ownership.critical.recompute()
        _ = try await invitations.expire()
        try await registry.driver.write { connection in
            _ = try CriticalStore(connection).countProjects()
            _ = try CriticalStore(connection).mostDownloaded(since: 0, limit: 1)
            try LastOwner(connection).require(dispensable: erin.userID)
            try OrganizationStore(connection).forget(userID: erin.userID)
        }
    }

    private static func transfers(_ registry: TestRegistry, _ alice: Principal) async throws {
        let transfers = registry.ownership.transfers
        _ = try await transfers.offer(plain, name: "tallow", to: "guild", by: alice)
        _ = try await transfers.find(plain, name: "tallow", by: alice)
        _ = try await transfers.list(by: alice)
        _ = try await transfers.accept(plain, name: "tallow", by: alice)
        _ = try await transfers.completeDue()
    }

    private static func namespaces(_ registry: TestRegistry, _ alice: Principal) async throws {
        let namespaces = registry.namespaces(FakeNetwork())
        let here = try await registry.accounts.commandLinePrincipal(as: nil)
        _ = try await namespaces.assign(plain, name: "ember", owner: "orga", by: here)
        _ = try await namespaces.setOrganization(plain, name: "ember", organization: "guild", by: alice)
        for role in [Role.maintainer, nil] {
            try await namespaces.setTeam(
                plain, name: "ember", organization: "guild", team: "core", role: role, by: alice)
        }
    }
}
