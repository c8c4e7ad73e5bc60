import Accounts
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

extension TestRegistry {
    var ownership: Ownership { lifecycle.ownership }

    /// Somebody with an account, a confirmed address and the second factors that are named, as a session sees them.
    func signedIn(
        _ name: String, _ factors: Set<Factor> = [.password, .totp], isConfirmed: Bool = true,
        isAdministrator: Bool = false, isModerator: Bool = false, isAuditor: Bool = false
    ) async throws -> Principal {
        let user = try await accounts.createUser(
            name: name, email: "\(name)@example.org", isAdministrator: isAdministrator)
        try await enrol(user.id, factors, isConfirmed: isConfirmed)
        return Principal(
            userID: user.id, userName: name, isAdministrator: isAdministrator, kind: .session, tokenID: nil,
            scopes: [], isModerator: isModerator, isAuditor: isAuditor, factors: Factors(factors))
    }

    /// Gives an account an address and factors.
    func enrol(_ userID: Int64, _ factors: Set<Factor>, isConfirmed: Bool = true) async throws {
        let now = clock.now()
        try await driver.write { connection in
            try TestStanding.enrol(userID, factors, isConfirmed: isConfirmed, at: now, on: connection)
        }
    }

    /// A trusted publisher of a project, added by that person, as its token sees it.
    func trusted(_ person: Principal, _ name: String) async throws -> Principal {
        let now = clock.now()
        let (token, user) = try await driver.write { connection in
            let text = try TestStanding.token(
                of: person.userID, kind: .trustedPublisher, scopes: ["publish:plain:\(name)"], at: now, on: connection)
            let found = try #require(try TokenStore(connection).find(hash: TokenText.hash(text)))
            let project = try #require(
                try ProjectStore(connection).find(ProjectCoordinates(ecosystem: plain, nameKey: name)))
            try TestStanding.trust(
                found.token.id, of: person.userID, toPublish: project, at: now, on: connection)
            return found
        }
        return Accounts.principal(token, user)
    }

    /// The kinds and details of somebody's notices, oldest first.
    func notices(_ principal: Principal) async throws -> [String] {
        try await driver.read { connection in
            try connection.query(
                "SELECT kind, details FROM account_history WHERE user_id = \(principal.userID) ORDER BY at, id"
            ).map { row in
                let details = try JSONValue.parse(try row.bytes("details"))
                let change = details["change"]?.stringValue.map { " \($0)" } ?? ""
                return "\(try row.text("kind"))\(change)"
            }
        }
    }
}

extension Principal {
    /// The same person with a token that was made in a session with those factors.
    func withToken(_ factors: Set<Factor>? = nil, scopes: [String] = []) -> Principal {
        Principal(
            userID: userID, userName: userName, isAdministrator: isAdministrator, kind: .token, tokenID: nil,
            scopes: scopes.compactMap(TokenScope.init), isModerator: isModerator, isAuditor: isAuditor,
            factors: factors.map(Factors.init) ?? self.factors)
    }

    /// The same person with other factors proven.
    func proving(_ factors: Set<Factor>) -> Principal {
        Principal(
            userID: userID, userName: userName, isAdministrator: isAdministrator, kind: .session, tokenID: nil,
            scopes: [], isModerator: isModerator, isAuditor: isAuditor, factors: Factors(factors))
    }

    /// A trusted publisher's token that was made for that person.
    var asPublisher: Principal {
        Principal(
            userID: userID, userName: userName, isAdministrator: false, kind: .trustedPublisher, tokenID: nil,
            scopes: [TokenScope(actions: [.publish])])
    }
}

let plain = EcosystemID(rawValue: "plain")
let scoped = EcosystemID(rawValue: "shared")
