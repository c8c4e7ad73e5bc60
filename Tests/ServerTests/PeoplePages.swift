import API
import Accounts
import Ecosystems
import Foundation
import HTTPSupport
import HallmarkTesting
import Hummingbird
import Logging
import Publishing
import RegistryModel
import Response
import WebUI

/// The pages of people's own over HTTP, on a real database, with mail that stays here and a clock that a test moves.
struct PeoplePages: Sendable {
    let server: HTTPFixture
    let registry: TestRegistry
    let people: AccountUseCases
    let mailer: TestMailer
    let url: String

    /// Somebody who may invite.
    let operatorPrincipal = Principal(
        userID: 0, userName: "operator", isAdministrator: true, kind: .commandLine, tokenID: nil, scopes: [])

    /// A browser without scripts and cookies.
    func visitor() -> FormVisitor {
        FormVisitor { [server] line, headers, body in try await server.exchange(line, headers, body: body) }
    }

    /// Makes an account by an invitation; the browser, which may call itself anything, stays signed in.
    func signUp(_ name: String, isAdministrator: Bool = false, agent: String? = nil) async throws -> FormVisitor {
        let link = try await people.signUp.invite(
            address: "\(name)@example.org", isAdministrator: isAdministrator, by: operatorPrincipal)
        let visitor = self.visitor()
        if let agent { visitor.agent = agent }
        try await visitor.complete(signUp: link, as: name)
        return visitor
    }

    /// The newest link below a path that was mailed to an address.
    func link(_ path: String, mailedTo address: String) async throws -> String? {
        let queue = MailQueue(core: people.core, mailer: mailer, logger: .quiet)
        _ = try await queue.drain()
        for message in mailer.sent.reversed() where message.recipient == address {
            let words = message.plain.split(whereSeparator: \.isWhitespace).map(String.init)
            if let link = words.first(where: { $0.hasPrefix(url + path) }) { return String(link.dropFirst(url.count)) }
        }
        return nil
    }
}

/// Seals with nothing but the place, so that a test can look inside.
private struct PlainBox: SecretBox {
    func seal(_ secret: [UInt8], for place: String) throws -> [UInt8] { secret }
    func open(_ sealed: [UInt8], for place: String) throws -> [UInt8] { sealed }
}

/// The use cases of people over a test's registry; other servers do not answer.
private func services(of registry: TestRegistry, _ people: AccountUseCases) -> AccountServices {
    let fetcher = TestServices([])
    let tokens = PersonalTokens(core: people.core, formats: registry.core.formats)
    let trust = TrustedPublishing(
        core: people.core, formats: registry.core.formats,
        verifier: IdentityTokenVerifier(
            directory: IssuerDirectory(fetcher: fetcher, clock: registry.clock), clock: registry.clock))
    return AccountServices(
        people: people,
        namespaces: Namespaces(
            core: registry.core, hosts: [], dns: FakeNetwork(), pages: FakeNetwork(), random: SystemRandomSource()),
        personalTokens: tokens, trustedPublishing: trust,
        trustedPublishers: TrustedPublishers(lifecycle: registry.lifecycle, trust: trust),
        secretReports: SecretReports(core: people.core, fetcher: fetcher),
        deviceGrants: DeviceGrants(tokens: tokens, people: people),
        emailDomains: EmailDomains(
            core: people.core, routes: FakeNetwork(), registrations: nil,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }), singleSignOn: nil)
}

/// Runs `body` with such pages.
func withPeoplePages(
    _ policy: AccountPolicy = .quick, _ body: @Sendable @escaping (PeoplePages) async throws -> Void
) async throws {
    try await withRegistry(.sqlite) { registry in
        let port = Int(try FreePort.take())
        guard let publicURL = PublicURL("http://localhost:\(port)") else { return }
        let core = AccountCore(
            driver: registry.driver, clock: registry.clock, random: SystemRandomSource(), ids: registry.core.ids,
            secrets: PlainBox(), policy: policy, publicURL: publicURL.text)
        let people = AccountUseCases(
            core: core, key: AccountKey(Array(repeating: 7, count: 32)), pool: TestWorkPool(), leaks: nil)
        let account = services(of: registry, people)
        let services = RegistryServices(
            catalog: registry.catalog, publishing: registry.publishing, lifecycle: registry.lifecycle,
            stagings: registry.stagings, accounts: registry.accounts, cache: ResponseCache(bytes: 1 << 20),
            downloads: registry.downloads, publicURL: publicURL, limits: ServerLimits(), clock: registry.clock,
            accountServices: account)
        let renderer = try PageRenderer()
        var setup = HTTPSetup()
        setup.configuration = HTTPServerConfiguration(listen: .init(host: "127.0.0.1", port: port))
        setup.dialects = [
            (
                "",
                PageErrorDialect(renderer: renderer, publicURL: publicURL, presentations: [WebRouteTests.presentation])
            )
        ]
        let routes = WebUIRoutes(services: services, presentations: [WebRouteTests.presentation], renderer: renderer)
        let api = APIRoutes(
            services: services, namespaces: account.namespaces,
            assessment: Assessment(
                facts: InstanceFacts(version: "1.0", policies: [:]) { "" },
                scorecards: Scorecards(driver: registry.driver, clock: registry.clock)))
        try await withHTTPServer(
            setup,
            routes: {
                routes.addRoutes(to: $0)
                api.addRoutes(to: $0, at: "/api")
            }
        ) { server in
            try await body(
                PeoplePages(
                    server: server, registry: registry, people: people, mailer: TestMailer(), url: publicURL.text))
        }
    }
}

extension AccountPolicy {
    /// The defaults, with passwords that are hashed in no time.
    static var quick: AccountPolicy {
        var policy = AccountPolicy()
        policy.argonKibibytes = 64
        policy.argonPasses = 1
        return policy
    }
}
