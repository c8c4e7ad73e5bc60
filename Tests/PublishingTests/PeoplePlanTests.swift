import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

/// What keeps costs flat where people are many: accounts, sessions, factors, mail, tokens and what guards them.
@Suite("Plans of every statement about people")
struct PeoplePlanTests {
    /// The stores that are used here; ``QueryPlanTests`` uses all others.
    static let stores: Set = [
        "AccountLinkStore.swift", "AccountStore.swift", "AccountStore+Own.swift", "AddressStore.swift",
        "AttemptStore.swift", "DeviceGrantStore.swift", "EmailDomainStore.swift", "FactorStore.swift",
        "IdentityStore.swift", "MailStore.swift", "RecoveryStore.swift", "SecretReporterStore.swift",
        "SecurityKeyStore.swift", "SessionStore.swift", "TokenStore.swift", "TrustedIssuerStore.swift",
        "TrustedPublisherStore.swift",
    ]

    private static let rules = PlanRules(
        scans: [
            "SELECT * FROM trusted_issuers ORDER BY name": "as many as administrators added",
            "SELECT * FROM secret_reporters WHERE removed_at": "as many as administrators added",
            "DELETE FROM email_domains WHERE state": "once an hour, a look into an index for every domain",
            "SELECT COUNT(*) AS number, MIN(created_at)": "what waits to be handed over, in an index",
            "SELECT COUNT(*) AS number FROM mails": "what was given up within a month, in an index",
            "SELECT r.*, u.name AS user_name FROM recoveries": "those that are not over, which end within days",
        ],
        sorts: [
            "SELECT r.*, u.name AS user_name FROM recoveries": "those that are not over, which end within days",
            "SELECT * FROM user_emails WHERE user_id": "one account's addresses",
            "SELECT e.* FROM user_emails e": "one account's addresses",
            "SELECT * FROM totp_factors WHERE user_id": "one account's code generators",
            "SELECT * FROM webauthn_credentials WHERE user_id": "one account's credentials",
            "SELECT * FROM identities WHERE user_id": "one account's identities",
            "SELECT p.ecosystem, p.name, m.role, m.since": "one account's roles",
            "SELECT n.ecosystem, n.name, m.role, m.since": "one account's roles",
            "SELECT p.*, u.name AS creator FROM trusted_publishers p":
                "the publishers of one project, one repository or one token",
        ])

    @Test("No statement scans a table that grows, and none is left out")
    func plans() async throws {
        let plans = try await PlanRules.record { registry in
            let person = try await registry.signedIn("ann", [.password, .totp, .passkey], isAdministrator: true)
            let other = try await registry.signedIn("ben")
            let (ids, now) = (registry.core.ids, registry.clock.now())
            try await registry.driver.write { connection in
                let project = Project(
                    id: ids.next(), ecosystem: plain, name: ProjectName(display: "oil", key: "oil", confusable: "oil"),
                    visibility: .public, status: .active, statusReason: nil, createdAt: now, updatedAt: now,
                    revision: 1, latestVersion: nil, summary: nil)
                try ProjectStore(connection).insert(project, createdBy: person.userID)
                try ProjectStore(connection).setMember(project.id, userID: person.userID, role: .owner, at: now)
                let guild = Organization(id: ids.next(), name: "guild", title: "", state: .active, createdAt: now)
                try OrganizationStore(connection).insert(guild, nameKey: "guild", createdBy: person.userID)
                let core = Team(
                    id: ids.next(), organizationID: guild.id, organization: "guild", name: "core", createdAt: now)
                try OrganizationStore(connection).insertTeam(core, nameKey: "core")
                let use = PeopleStoreUse(
                    connection: connection, ids: ids, now: now, user: person.userID, other: other.userID,
                    project: project.id)
                try use.everything()
            }
        }
        Self.rules.check(plans)
        #expect(try Self.stores.isSubset(of: PlanRules.storeFiles()), "a store has another name")
        try Self.rules.check(plans, cover: Self.stores)
    }
}
