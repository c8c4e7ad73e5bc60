package import Accounts
import Blobs
import Foundation
import Persistence
package import Publishing
package import RegistryModel

/// A registry with the use cases by which clients come to credentials, and issuers that sign like the real ones.
package struct TrustBench: Sendable {
    package let registry: TestRegistry
    package let github: TestIssuer
    package let gitlab: TestIssuer
    package let services: TestServices
    package let core: AccountCore
    package let people: AccountUseCases
    package let trust: TrustedPublishing
    /// The same on another node, with nothing in common but the database.
    package let otherNode: TrustedPublishing
    package let publishers: TrustedPublishers
    package let tokens: PersonalTokens
    package let grants: DeviceGrants
    package let reports: SecretReports

    /// What identity tokens are for here.
    package static let audience = "registry.example"
    /// The ecosystem of the tests.
    package static let plain = EcosystemID(rawValue: "plain")
    package static let visitor = Visitor(address: "192.0.2.7", agent: "Test client")

    package var clock: ManualClock { registry.clock }

    /// Somebody who is signed in with a second factor.
    package func person(_ name: String, isAdministrator: Bool = false) async throws -> Principal {
        let user = try await registry.accounts.createUser(
            name: name, email: "\(name)@example.org", isAdministrator: isAdministrator)
        let now = clock.now()
        try await registry.driver.write { connection in
            try TestStanding.enrol(user.id, [.totp], at: now, on: connection)
        }
        return Self.session(user)
    }

    /// A session of an account.
    package static func session(_ user: UserRecord, factors: Factors = Factors([.password, .totp])) -> Principal {
        Principal(
            userID: user.id, userName: user.name, isAdministrator: user.isAdministrator, kind: .session, tokenID: nil,
            scopes: [], factors: factors)
    }

    /// A token of somebody's.
    package func token(_ scopes: [String], for principal: Principal, _ change: (inout TokenWish) -> Void = { _ in })
        async throws -> String
    {
        var wish = TokenWish(name: "a token", scopes: scopes)
        change(&wish)
        return try await tokens.create(wish, by: principal, authenticatedAt: clock.now(), origin: nil).text
    }

    /// Who a token is.
    package func principal(_ text: String, from address: String = "192.0.2.7") async throws -> Principal {
        try await registry.accounts.authenticate(Credential(secret: text), from: Visitor(address: address))
    }

    /// The publisher that ``githubToken(_:)`` speaks for.
    package static func githubWish(environment: String = "", _ more: [String: String] = [:]) -> TrustedPublisherWish {
        TrustedPublisherWish(
            provider: "github", environment: environment,
            settings: ["owner": "octo-org", "repository": "octo-repo", "workflow": "release.yml"]
                .merging(more) { _, new in new })
    }

    /// An identity token of GitHub Actions as it is for a push of a tag; `changes` go over it.
    package func githubToken(
        audience: String = audience, _ changes: [(String, JSONValue?)] = [], issuer: TestIssuer? = nil,
        algorithm: TestSigner.Algorithm = .rs256, header: [(String, JSONValue?)] = []
    ) throws -> String {
        let claims: [(String, JSONValue?)] = [
            ("repository", "octo-org/octo-repo"), ("repository_owner", "octo-org"), ("repository_owner_id", "65"),
            ("repository_id", "74"), ("ref", "refs/tags/v1"), ("sha", "0123456789abcdef0123456789abcdef01234567"),
            ("run_id", "1234567890"), ("event_name", "push"), ("ref_protected", "true"),
            ("runner_environment", "github-hosted"),
            ("workflow_ref", "octo-org/octo-repo/.github/workflows/release.yml@refs/tags/v1"),
            ("job_workflow_ref", "octo-org/octo-repo/.github/workflows/release.yml@refs/tags/v1"),
        ]
        return try (issuer ?? github).token(
            audience: audience, subject: "repo:octo-org/octo-repo:ref:refs/tags/v1", at: clock.now(),
            claims: claims + changes, algorithm: algorithm, header: header)
    }

    /// Exchanges an identity token.
    package func exchange(
        _ token: String, project: String? = nil, audience: String = audience
    ) async throws -> TrustedPublishing.Exchanged {
        try await trust.exchange(token, ecosystem: Self.plain, project: project, audience: audience)
    }

    /// The kinds of what an account was told, the oldest first.
    package func told(_ principal: Principal) async throws -> [String] {
        try await registry.driver.read { connection in
            try AccountStore(connection).history(userID: principal.userID, before: nil, limit: 1000)
        }.map(\.kind.rawValue).reversed()
    }

    /// How many events of a kind there are.
    package func events(_ kind: String) async throws -> Int64 {
        try await registry.driver.read { try TestEvents.count(kind, on: $0) }
    }
}

/// Runs `body` with a fresh registry on that database.
package func withTrust(
    _ backend: TestBackend, policy: AccountPolicy = AccountPolicy(),
    _ body: @Sendable (TrustBench) async throws -> Void
) async throws {
    try await withRegistry(backend, policy: policy) { registry in
        let random = SystemRandomSource()
        let master = try MasterKey.load(
            path: registry.directory.appending(path: "master").path(percentEncoded: false), random: random)
        let github = TestIssuer(url: "https://token.actions.githubusercontent.com")
        let gitlab = TestIssuer(url: "https://gitlab.com")
        let services = TestServices([github, gitlab])
        let core = AccountCore(
            driver: registry.driver, clock: registry.clock, random: random, ids: registry.core.ids, secrets: master,
            policy: policy, publicURL: "https://registry.example")
        let key = try await AccountKey.load(registry.driver, secrets: master, random: random)
        let people = AccountUseCases(core: core, key: key, pool: registry.core.readingPool, leaks: nil)
        func trust() -> TrustedPublishing {
            TrustedPublishing(
                core: core, formats: registry.core.formats,
                verifier: IdentityTokenVerifier(
                    directory: IssuerDirectory(fetcher: services, clock: registry.clock), clock: registry.clock))
        }
        let own = trust()
        let tokens = PersonalTokens(core: core, formats: registry.core.formats)
        try await body(
            TrustBench(
                registry: registry, github: github, gitlab: gitlab, services: services, core: core, people: people,
                trust: own, otherNode: trust(),
                publishers: TrustedPublishers(lifecycle: registry.lifecycle, trust: own), tokens: tokens,
                grants: DeviceGrants(tokens: tokens, people: people),
                reports: SecretReports(core: core, fetcher: services)))
    }
}
