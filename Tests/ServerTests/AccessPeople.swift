import Accounts
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

/// A credential for every role of the matrix.
struct AccessPeople: Sendable {
    private let tokens: [AccessRole: String]

    /// The token of a role; nil for nobody.
    func token(_ role: AccessRole) -> String? { tokens[role] }

    /// Makes the people, their factors, tokens and roles, beside the server.
    init(_ fixture: AccessFixture) async throws {
        let server = fixture.server
        var tokens: [AccessRole: String] = [.operatorToken: fixture.owner]
        for name in ["unproven", "maintainer", "teammate", "boss", "mona", "walter"] {
            try await server.process.createUser(name)
        }
        try await server.process.createUser("chief", isAdministrator: true)
        try await server.process.admin(["user", "role", "mona", "--moderator"]).checked()
        try await server.process.admin(["user", "role", "walter", "--auditor"]).checked()
        for words in [
            ["create", "acme", "--owner", "boss"], ["team", "create", "acme:core"],
            ["team", "add", "acme:core", "teammate"],
        ] {
            try await server.process.admin(["organization"] + words).checked()
        }
        try await server.process.withDatabase { driver in
            let made = try await driver.write { connection in
                var made: [AccessRole: String] = [:]
                for (role, name) in Self.users {
                    let user = try #require(try UserStore(connection).find(nameKey: name))
                    let now = SystemTime.now
                    if try !AccountStore(connection).standing(userID: user.id).hasVerifiedAddress {
                        let factors: Set<Factor> = role == .unproven ? [.password] : [.password, .totp]
                        try TestStanding.enrol(user.id, factors, at: now, on: connection)
                    }
                    let scopes: [AccessRole: [String]] = [.reading: ["read"], .trustedPublisher: ["publish"]]
                    made[role] = try TestStanding.token(
                        of: user.id, kind: role == .trustedPublisher ? .trustedPublisher : .token,
                        scopes: scopes[role] ?? [], at: now, on: connection)
                }
                try Self.grant(connection)
                try Self.trust(made[.trustedPublisher] ?? "", connection)
                return made
            }
            tokens.merge(made) { $1 }
        }
        self.tokens = tokens
    }

    /// Whose token each role has.
    private static let users: [(role: AccessRole, user: String)] = [
        (.stranger, "stranger"), (.unproven, "unproven"), (.maintainer, "maintainer"), (.teamMember, "teammate"),
        (.owner, "owner"), (.reading, "owner"), (.trustedPublisher, "owner"), (.organizationOwner, "boss"),
        (.moderator, "mona"), (.auditor, "walter"), (.administrator, "chief"),
    ]

    /// Lets the trusted publisher's token publish every project.
    private static func trust(_ text: String, _ connection: any SQLConnection) throws {
        let token = try #require(try TokenStore(connection).find(hash: TokenText.hash(text))?.token)
        for row in try connection.query("SELECT id FROM projects") {
            let project = try #require(try ProjectStore(connection).find(id: try row.int("id")))
            try TestStanding.trust(
                token.id, of: token.userID, toPublish: project, at: token.createdAt, on: connection)
        }
    }

    /// Gives the roles on every project of the fixture.
    private static func grant(_ connection: any SQLConnection) throws {
        let organizations = OrganizationStore(connection)
        let projects = ProjectStore(connection)
        let organization = try #require(try organizations.find(nameKey: "acme"))
        let team = try #require(try organizations.team(organization.id, nameKey: "core"))
        let now = Timestamp(microseconds: 0)
        for row in try connection.query("SELECT id FROM projects") {
            let id = try row.int("id")
            try projects.setOrganization(id, organization.id)
            try organizations.setTeam(team.id, ofProject: id, role: .maintainer, at: now)
            for name in ["unproven", "maintainer"] {
                let user = try #require(try UserStore(connection).find(nameKey: name))
                try projects.setMember(id, userID: user.id, role: .maintainer, at: now)
            }
        }
    }
}
