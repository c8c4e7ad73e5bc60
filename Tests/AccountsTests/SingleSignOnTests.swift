import Accounts
import Blobs
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

@Suite("Single sign-on", .timeLimit(.minutes(10)))
struct SingleSignOnTests {
    /// An instance and an issuer that it trusts.
    struct World: Sendable {
        let desk: MailDesk
        let provider: TestSignOn
        let services: TestServices
        let sessions: Sessions
        let visitor = Visitor(address: "192.0.2.1", agent: "Browser", device: nil)

        func signOn(_ change: (inout SignOnSettings) -> Void = { _ in }) -> SingleSignOn {
            var settings = SignOnSettings(issuer: provider.issuer.url, clientID: provider.clientID)
            settings.clientSecret = provider.clientSecret
            change(&settings)
            let directory = IssuerDirectory(fetcher: services, clock: desk.clock)
            return SingleSignOn(
                core: desk.core, sessions: sessions, settings: settings,
                verifier: IdentityTokenVerifier(directory: directory, clock: desk.clock), fetcher: services)
        }

        /// The whole way, with what the browser brings back changed on it.
        func walk(
            _ signOn: SingleSignOn, session: Session? = nil, change: (inout [String: String]) -> Void = { _ in }
        ) async throws -> SingleSignOn.Finish {
            let start = try await signOn.begin(next: "/account", session: session)
            var fields = provider.answer(to: start.address)
            change(&fields)
            return try await signOn.finish(fields, cookie: start.cookie, visitor: visitor)
        }

        func link(_ subject: String, to userID: Int64) async throws {
            let issuer = provider.issuer.url
            let now = desk.clock.now()
            try await desk.driver.write {
                try IdentityStore($0).insert(issuer: issuer, subject: subject, userID: userID, at: now)
            }
        }

        func users() async throws -> Int64 {
            try await desk.driver.read { try $0.first("SELECT COUNT(*) AS n FROM users")?.int("n") ?? 0 }
        }
    }

    private func with(
        _ backend: TestBackend, secret: String? = "s3cret&+ü", _ body: @escaping @Sendable (World) async throws -> Void
    ) async throws {
        try await withMailDesk(backend) { desk in
            let issuer = TestIssuer(url: "https://issuer.example/realm")
            let provider = TestSignOn(issuer, clientSecret: secret) { desk.clock.now() }
            try await body(
                World(
                    desk: desk, provider: provider, services: TestServices([issuer]),
                    sessions: Sessions(core: desk.core)))
        }
    }

    @Test("A linked identity signs in, with a session of its own", arguments: TestBackend.available, [true, false])
    func signsIn(backend: TestBackend, hasSecret: Bool) async throws {
        try await with(backend, secret: hasSecret ? "s3cret&+ü" : nil) { world in
            let ada = try await world.desk.account("ada", addresses: ["ada@example.org"])
            try await world.link("42", to: ada)
            world.provider.set(.init("42"))
            let finish = try await world.walk(world.signOn())
            #expect(finish.next == "/account")
            #expect(!finish.isNew)
            #expect(finish.started.session.user.id == ada)
            #expect(finish.started.session.record.factors == Factors([.singleSignOn]))
            #expect(try await world.sessions.find(secret: finish.started.secret)?.user.name == "ada")
            #expect(world.provider.refused.isEmpty)
        }
    }

    @Test(
        "AUTHN-3.2 It is a second factor only where the issuer says so and the operator believes it",
        arguments: TestBackend.available)
    func factors(backend: TestBackend) async throws {
        try await with(backend) { world in
            try await world.link("42", to: try await world.desk.account("ada"))
            let trusting = world.signOn { $0.factorMethods = ["mfa", "hwk"] }
            for (methods, isMultiple): (JSONValue?, Bool) in [
                (["pwd", "mfa"], true), (["hwk"], true), (["pwd"], false), ([], false), (nil, false), ("mfa", false),
            ] {
                world.provider.set(.init("42", claims: [("amr", methods)]))
                let factors = try await world.walk(trusting).started.session.record.factors
                #expect(factors.isMultiple == isMultiple)
                #expect(!factors.resistsPhishing)
                let doubting = try await world.walk(world.signOn()).started.session.record.factors
                #expect(!doubting.isMultiple)
            }
        }
    }

    @Test("An address of mail never decides whose account it is", arguments: TestBackend.available, [true, false])
    func noSilentLink(backend: TestBackend, createsAccounts: Bool) async throws {
        try await with(backend) { world in
            try await world.desk.account("ada", addresses: ["ada@example.org"])
            world.provider.set(
                .init(
                    "evil",
                    claims: [("email", "Ada@Example.org"), ("email_verified", true), ("preferred_username", "ada")]))
            let signOn = world.signOn { $0.createsAccounts = createsAccounts }
            await expectRefusal(createsAccounts ? .userExists : .forbidden) { _ = try await world.walk(signOn) }
            #expect(try await world.users() == 1)
        }
    }

    @Test("Whoever is new gets an account only where that is allowed", arguments: TestBackend.available)
    func newcomers(backend: TestBackend) async throws {
        try await with(backend) { world in
            try await world.desk.account("ada")
            world.provider.set(
                .init(
                    "7",
                    claims: [("email", "a.l@example.org"), ("email_verified", true), ("preferred_username", "Ada")]))
            await expectRefusal(.forbidden) { _ = try await world.walk(world.signOn()) }
            let open = world.signOn { $0.createsAccounts = true }
            let first = try await world.walk(open)
            #expect(first.isNew)
            #expect(first.started.session.user.name == "Ada-2")
            #expect(!first.started.session.user.isAdministrator)
            let id = first.started.session.user.id
            #expect(
                try await world.desk.driver.read { try NoticeStore($0).confirmedAddresses(userID: id) } == [
                    "a.l@example.org"
                ])
            let again = try await world.walk(open)
            #expect(!again.isNew)
            #expect(again.started.session.user.id == id)
            // An address that the issuer has not verified is not taken at its word.
            world.provider.set(.init("8", claims: [("email", "b@example.org"), ("preferred_username", "böb@x")]))
            let other = try await world.walk(open).started.session.user
            #expect(other.name == "b-b")
            #expect(
                try await world.desk.driver.read { try NoticeStore($0).confirmedAddresses(userID: other.id) }.isEmpty)
            // A name that nothing can be made of.
            world.provider.set(.init("9", claims: [("preferred_username", "漢字")]))
            await expectRefusal(.signInFailed) { _ = try await world.walk(open) }
        }
    }

    @Test("Somebody who is signed in links an identity, and is told", arguments: TestBackend.available)
    func links(backend: TestBackend) async throws {
        try await with(backend) { world in
            let ada = try await world.desk.account("ada", addresses: ["ada@example.org"])
            try await world.link("first", to: ada)
            world.provider.set(.init("first"))
            let signOn = world.signOn()
            let session = try await world.walk(signOn).started.session
            world.provider.set(.init("second"))
            let linked = try await world.walk(signOn, session: session)
            #expect(linked.started.session.user.id == ada)
            #expect(try await signOn.list(of: session).map(\.subject) == ["first", "second"])
            let mailer = TestMailer()
            _ = try await world.desk.queue(mailer).drain()
            #expect(mailer.sent.contains { $0.kind == "identity.linked" })
            // What is somebody else's stays so.
            let eve = try await world.desk.account("eve")
            try await world.link("eves", to: eve)
            world.provider.set(.init("eves"))
            await expectRefusal(.conflict) { _ = try await world.walk(signOn, session: session) }
            // A proof that is too old links nothing.
            world.desk.clock.advance(bySeconds: 16 * 60)
            await expectRefusal(.reauthenticationRequired) { _ = try await signOn.begin(next: "/", session: session) }
        }
    }

    @Test("The only way in cannot be removed", arguments: TestBackend.available)
    func unlink(backend: TestBackend) async throws {
        try await with(backend) { world in
            let ada = try await world.desk.account("ada")
            try await world.link("first", to: ada)
            try await world.link("second", to: ada)
            world.provider.set(.init("first"))
            let signOn = world.signOn()
            let session = try await world.walk(signOn).started.session
            let issuer = world.provider.issuer.url
            try await signOn.unlink(issuer: issuer, subject: "second", by: session, visitor: world.visitor)
            await expectRefusal(.notFound) {
                try await signOn.unlink(issuer: issuer, subject: "second", by: session, visitor: world.visitor)
            }
            await expectRefusal(.conflict) {
                try await signOn.unlink(issuer: issuer, subject: "first", by: session, visitor: world.visitor)
            }
            _ = try await world.walk(signOn)
        }
    }

    @Test("Groups give and take what the operator says, and nothing else", arguments: TestBackend.available)
    func groups(backend: TestBackend) async throws {
        try await with(backend) { world in
            let ada = try await world.desk.account("ada")
            try await world.link("42", to: ada)
            let now = world.desk.clock.now()
            try await world.desk.driver.write { connection in
                try connection.execute(
                    """
                    INSERT INTO organizations (id, name, name_key, title, state, created_by, created_at)
                    VALUES (1, 'Acme', 'acme', '', 'active', \(ada), \(now))
                    """)
                try connection.execute(
                    """
                    INSERT INTO teams (id, organization_id, name, name_key, created_at) VALUES (2, 1, 'Core', 'core', \(now))
                    """)
                try connection.execute("UPDATE users SET is_auditor = 1 WHERE id = \(ada)")
            }
            let signOn = world.signOn { settings in
                settings.groupsClaim = "groups"
                settings.rights = [.administrator: ["ops", "root"], .moderator: ["mods"]]
                settings.teams = [
                    .init(organization: "Acme", name: "core"): ["core-people"],
                    .init(organization: "x", name: "y"): ["ops"],
                ]
            }
            func state(_ groups: JSONValue?) async throws -> (UserRecord, Int64) {
                world.provider.set(.init("42", claims: [("groups", groups)]))
                let user = try await world.walk(signOn).started.session.user
                let teams = try await world.desk.driver.read {
                    try $0.first("SELECT COUNT(*) AS n FROM team_members WHERE user_id = \(ada)")?.int("n") ?? 0
                }
                return (user, teams)
            }
            let (all, inTeam) = try await state(["root", "mods", "core-people", "other"])
            #expect(all.isAdministrator && all.isModerator && all.isAuditor)
            #expect(inTeam == 1)
            let (none, outside) = try await state(["administrator"])
            #expect(!none.isAdministrator && !none.isModerator)
            #expect(outside == 0)
            // No group decides about auditors, so that stays as the operator made it.
            #expect(none.isAuditor)
            let one = try await state("ops").0
            #expect(one.isAdministrator)
            let nothing = try await state(nil).0
            #expect(!nothing.isAdministrator)
        }
    }

    @Test("Answers of other browsers, other issuers and other times are refused", arguments: TestBackend.available)
    func attacks(backend: TestBackend) async throws {
        try await with(backend) { world in
            try await world.link("42", to: try await world.desk.account("ada"))
            world.provider.set(.init("42"))
            let signOn = world.signOn()
            for change: @Sendable (inout [String: String]) -> Void in [
                { $0["state"] = nil }, { $0["state"] = "x" }, { $0["iss"] = nil },
                { $0["iss"] = "https://evil.example" },
                { $0["code"] = nil }, { $0["code"] = "x" }, { $0["error"] = "access_denied" }, { $0["code"] = "" },
            ] {
                await expectRefusal(.signInFailed) { _ = try await world.walk(signOn, change: change) }
            }
            let mine = try await signOn.begin(next: "/")
            let theirs = try await signOn.begin(next: "/")
            let fields = world.provider.answer(to: theirs.address)
            // Signing a victim in as the attacker: the victim's browser has another cookie, or none.
            for cookie in [mine.cookie, nil, "", "x", String(theirs.cookie.dropLast(2)) + "AA"] {
                await expectRefusal(.signInFailed) {
                    _ = try await signOn.finish(fields, cookie: cookie, visitor: world.visitor)
                }
            }
            // A code that was injected from another flow fails by PKCE, though the state is right.
            var injected = world.provider.answer(to: mine.address)
            injected["code"] = fields["code"]
            await expectRefusal(.signInFailed) {
                _ = try await signOn.finish(injected, cookie: mine.cookie, visitor: world.visitor)
            }
            #expect(world.provider.refused.last == "verifier")
            // Twice, and too late.
            let once = try await signOn.begin(next: "/")
            let answer = world.provider.answer(to: once.address)
            _ = try await signOn.finish(answer, cookie: once.cookie, visitor: world.visitor)
            await expectRefusal(.signInFailed) {
                _ = try await signOn.finish(answer, cookie: once.cookie, visitor: world.visitor)
            }
            let late = try await signOn.begin(next: "/")
            let lateAnswer = world.provider.answer(to: late.address)
            world.desk.clock.advance(bySeconds: 600)
            await expectRefusal(.signInFailed) {
                _ = try await signOn.finish(lateAnswer, cookie: late.cookie, visitor: world.visitor)
            }
        }
    }

    @Test("Tokens that are not for this sign-in are refused", arguments: TestBackend.available)
    func tokens(backend: TestBackend) async throws {
        try await with(backend) { world in
            try await world.link("42", to: try await world.desk.account("ada"))
            let signOn = world.signOn()
            for claim: (String, JSONValue?) in [
                ("nonce", nil), ("nonce", "x"), ("azp", "other"), ("azp", 1), ("aud", "other"),
                ("aud", ["hallmark", "other"]),
                ("iss", "https://issuer.example"), ("exp", 1), ("sub", nil),
            ] {
                world.provider.set(.init("42", claims: [claim]))
                await expectRefusal(.signInFailed) { _ = try await world.walk(signOn) }
            }
            world.provider.set(.init("42", claims: [("azp", "hallmark")]))
            _ = try await world.walk(signOn)
        }
    }

    @Test("An account that is suspended stays outside", arguments: TestBackend.available)
    func suspended(backend: TestBackend) async throws {
        try await with(backend) { world in
            let ada = try await world.desk.account("ada")
            try await world.link("42", to: ada)
            try await world.desk.driver.write {
                try $0.execute("UPDATE users SET state = 'suspended' WHERE id = \(ada)")
            }
            world.provider.set(.init("42"))
            await expectRefusal(.signInFailed) { _ = try await world.walk(world.signOn()) }
        }
    }

    @Test("An issuer that is away is told as such", arguments: TestBackend.available)
    func away(backend: TestBackend) async throws {
        try await with(backend) { world in
            world.provider.issuer.set(.status(503))
            await expectRefusal(.unavailable) { _ = try await world.signOn().begin(next: "/") }
        }
    }

    @Test("The issuer is asked as the standards say")
    func request() async throws {
        try await with(.sqlite) { world in
            let start = try await world.signOn { $0.scopes = ["openid", "groups"] }.begin(next: "/")
            let root = world.provider.issuer.url.replacing("/realm", with: "")
            #expect(start.address.hasPrefix(root + "/authorize?"))
            let query = TestHTTPRequest(
                method: "GET", target: String(start.address.dropFirst(root.count)), fields: [:], body: []
            ).query
            #expect(query["redirect_uri"] == "https://registry.example/login/sso/callback")
            #expect(query["scope"] == "openid groups")
            #expect(query["code_challenge_method"] == "S256")
            #expect(query["state"]?.count == 43)
            #expect(query["nonce"]?.count == 43)
            #expect(query["state"] != query["nonce"])
            // Neither the state nor the verifier can be read in the cookie.
            let opened = Base64URL.decode(start.cookie).map { String(decoding: $0, as: UTF8.self) }
            #expect(opened?.contains(query["state"] ?? "-") == false)
        }
    }
}
