import Accounts
import Ecosystems
import HTTPSupport
import Publishing
import RegistryModel

extension AccountWeb {
    /// What else can be done in somebody's name: tokens, roles, publishers.
    func reach(of person: Principal) async throws -> [PageBlock.Fact] {
        let now = services.clock.now()
        let tokens = try await account.personalTokens.list(of: person).filter {
            $0.revokedAt == nil && $0.usedUpAt == nil && $0.expiresAt > now
        }
        let used = tokens.compactMap(\.lastUsedAt).max().map { "; last used on \(DateView($0).text)" } ?? ""
        var projects = 0
        for presentation in presentations {
            projects += try await services.catalog.projects(
                presentation.id, ofUser: person.userName, for: .principal(person)
            ).count
        }
        let organizations = try await services.ownership.organizations.list(by: person).count
        return [
            .init(
                "Tokens",
                tokens.isEmpty ? "none" : Quantity.count(Int64(tokens.count), "token works", "tokens work") + used,
                href: "/account/tokens"),
            .init(
                "Projects",
                projects == 0 ? "none" : "a role on " + Quantity.count(Int64(projects), "project", "projects"),
                href: "/account/projects"),
            .init(
                "Organizations",
                organizations == 0
                    ? "none" : Quantity.count(Int64(organizations), "organization", "organizations"),
                href: "/account/organizations"),
        ]
    }
}
