import Accounts
import HTTPSupport
import Hummingbird
import Publishing
import RegistryModel

/// The critical projects, and which of their people have no security key yet.
struct CriticalPages: Sendable {
    let web: AccountWeb

    func addRoutes(to pages: PageRoutes) {
        pages.page("/administration/critical", list)
    }

    /// How many projects are looked at.
    private static let shown = 200

    private func list(_ visit: Visit) async throws -> AccountPage {
        let person = try web.staff(visit)
        let projects = try await web.services.ownership.critical.list(for: .principal(person)).prefix(Self.shown)
        var rows: [PageTable.Row] = []
        for project in projects {
            let members = try await web.services.lifecycle.members(
                project.ecosystem, name: project.name.display, by: person)
            var lacking: [String] = []
            for member in members where try await !hasKey(member) { lacking.append(member.userName) }
            rows.append(
                PageTable.Row([
                    .text(
                        project.name.display, href: ProjectSettingsPages.path(project.ecosystem, project.name.display)),
                    .text(web.name(of: project.ecosystem)), .text(project.critical?.reason.rawValue ?? "–"),
                    .date(project.critical.map { DateView($0.enforcedAt) }),
                    lacking.isEmpty
                        ? .state("good", "✓", "everybody")
                        : .state("warn", "⚠", "not \(lacking.joined(separator: ", "))"),
                ]))
        }
        return visit.page(
            "Critical projects", at: .administration,
            lead:
                "Projects on which much depends. Who publishes them needs a security key, a passkey or a trusted publisher.",
            [
                PageBlock(
                    table: PageTable(["Project", "Ecosystem", "Why", "Enforced from", "Have a key"], rows),
                    links: [.init("How people get security keys", "/policies/security-keys")],
                    empty: "There are none.")
            ])
    }

    private func hasKey(_ member: ProjectMember) async throws -> Bool {
        let principal = Principal(
            userID: member.userID, userName: member.userName, isAdministrator: false, kind: .session, tokenID: nil,
            scopes: [])
        return try await web.people.own.standing(of: principal).securityKeys > 0
    }
}
