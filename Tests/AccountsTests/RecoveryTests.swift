import Accounts
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

@Suite("Recovery", .timeLimit(.minutes(10)))
struct RecoveryTests {
    @Test("AUTHN-1.3 Ten codes that each stand in once, however they are spelled", arguments: TestBackend.allCases)
    func codes(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let plain = try await test.signUp("alice")
            await expectRefusal(.conflict, "nothing to stand in for") {
                _ = try await test.people.recoveryCodes.make(session: plain.session, visitor: TestPeople.visitor())
            }
            let (started, _) = try await test.addTOTP(plain)
            let codes = try await test.people.recoveryCodes.make(
                session: started.session, visitor: TestPeople.visitor())
            #expect(codes.count == 10 && Set(codes).count == 10)
            #expect(codes.allSatisfy { $0.count == 19 && $0.split(separator: "-").count == 4 })
            let pending = try await test.people.signIn.withPassword(
                name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
            #expect(pending.next == .secondFactor([.totp, .recoveryCode]))
            let spelled = codes[0].lowercased().split(separator: "-").joined(separator: " ")
            let done = try await test.people.signIn.withFactor(
                .recoveryCode(spelled), session: pending.session, visitor: TestPeople.visitor())
            #expect(done.session.record.factors == Factors([.password, .recoveryCode]))
            #expect(done.session.principal?.factors.resistsPhishing == false)
            for spelling in [codes[0], codes[0].filter { $0 != "-" }, spelled.uppercased()] {
                await expectRefusal(.codeInvalid, "used") {
                    _ = try await test.people.signIn.withFactor(
                        .recoveryCode(spelling), session: done.session, visitor: TestPeople.visitor())
                }
            }
            let principal = try #require(done.session.principal)
            #expect(try await test.people.recoveryCodes.remaining(of: principal) == 9)
            #expect(
                Set(try await test.history(principal.userID).suffix(2)) == [.recoveryCodeUsed, .signedInFromNewDevice])
            let fresh = try await test.people.recoveryCodes.make(session: done.session, visitor: TestPeople.visitor())
            await expectRefusal(.codeInvalid, "replaced") {
                _ = try await test.people.signIn.withFactor(
                    .recoveryCode(codes[1]), session: done.session, visitor: TestPeople.visitor())
            }
            #expect(Set(fresh).isDisjoint(with: codes))
        }
    }

    @Test(
        "AUTHN-1.3 One recovery code used by many at once lets one in; another's code nobody",
        arguments: TestBackend.allCases)
    func codeRace(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let (alice, _) = try await test.addTOTP(try await test.signUp("alice"))
            let (bob, _) = try await test.addTOTP(try await test.signUp("bob"))
            let code = try await test.people.recoveryCodes.make(session: alice.session, visitor: TestPeople.visitor())[
                0]
            await expectRefusal(.codeInvalid) {
                _ = try await test.people.signIn.withFactor(
                    .recoveryCode(code), session: bob.session, visitor: TestPeople.visitor())
            }
            let count = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<5 {
                    let people = number.isMultiple(of: 2) ? test.people : test.node
                    group.addTask {
                        (try? await people.signIn.withFactor(
                            .recoveryCode(code), session: alice.session, visitor: TestPeople.visitor())) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(count == 1)
        }
    }

    @Test(
        "AUTHN-1.2 A forgotten password: the link alone is enough only without a second factor",
        arguments: TestBackend.allCases)
    func reset(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let resets = test.people.resets
            let plain = try await test.signUp("plain")
            try await resets.request(name: "plain@example.org", visitor: TestPeople.visitor())
            let first = try #require(try await test.mailedLink(.resetPassword))
            #expect(try await resets.question(link: first).factors.isEmpty)
            let started = try await resets.complete(
                link: first, new: "a new password here", proof: nil, visitor: TestPeople.visitor())
            #expect(started.next == .nothing)
            #expect(try await test.people.sessions.find(secret: plain.secret) == nil, "all sessions end")
            await expectRefusal(.linkInvalid) {
                _ = try await resets.complete(
                    link: first, new: "another password", proof: nil, visitor: TestPeople.visitor())
            }

            let (alice, generator) = try await test.addTOTP(try await test.signUp("alice"))
            let key = SoftwareAuthenticator(.es384)
            _ = try await test.addKey(key, .securityKey, to: alice)
            test.clock.advance(bySeconds: 60)
            try await resets.request(name: "alice", visitor: TestPeople.visitor())
            let link = try #require(try await test.mailedLink(.resetPassword, to: "alice@example.org"))
            #expect(try await resets.question(link: link).factors == [.totp, .webauthn])
            await expectRefusal(.secondFactorRequired) {
                _ = try await resets.complete(
                    link: link, new: "a new password here", proof: nil, visitor: TestPeople.visitor())
            }
            await expectRefusal(.codeInvalid) {
                _ = try await resets.complete(
                    link: link, new: "a new password here", proof: .totp("000000"), visitor: TestPeople.visitor())
            }
            await expectRefusal(.passwordUnfit) {
                _ = try await resets.complete(
                    link: link, new: "short", proof: .totp(generator.code()), visitor: TestPeople.visitor())
            }
            let options = try await resets.securityKeyOptions(link: link)
            let done = try await resets.complete(
                link: link, new: "a new password here", proof: .securityKey(try key.get(options)),
                visitor: TestPeople.visitor())
            #expect(done.session.record.factors == Factors([.password, .webauthn]))
            _ = try await test.people.signIn.withPassword(
                name: "alice", password: "a new password here", visitor: TestPeople.visitor())
        }
    }

    @Test("AUTHN-2.1 An abandoned domain starts no recovery and resets no password", arguments: TestBackend.allCases)
    func abandoned(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            _ = try await test.signUp("alice")
            try await test.people.recovery.request(name: "alice", visitor: TestPeople.visitor())
            let link = try #require(try await test.mailedLink(.beginRecovery))
            try await test.driver.write { connection in
                try connection.execute("DELETE FROM email_domains WHERE domain = 'example.org'")
                try connection.execute(
                    """
                    INSERT INTO email_domains (domain, state, created_at, next_check_at)
                    VALUES ('example.org', 'abandoned', 0, 0)
                    """)
            }
            await expectRefusal(.recoveryRefused) {
                try await test.people.recovery.begin(link: link, reason: "", visitor: TestPeople.visitor())
            }
            let before = try await test.mails().count
            try await test.people.recovery.request(name: "alice", visitor: TestPeople.visitor())
            try await test.people.resets.request(name: "alice", visitor: TestPeople.visitor())
            #expect(try await test.mails().count == before)
        }
    }

    /// A recovery that was begun, and two people who may decide, with their factors.
    private func prepare(
        _ test: TestPeople
    ) async throws -> (alice: StartedSession, id: Int64, root: Principal, moderator: Principal) {
        let (alice, _) = try await test.addTOTP(try await test.signUp("alice"))
        let root = try await test.addTOTP(try await test.signUp("chief", isAdministrator: true)).session
        _ = try await test.signUp("mod")
        try await test.people.administration.set(.moderator, to: true, of: "mod", by: #require(root.session.principal))
        let moderator = try await test.addTOTP(
            try await test.people.signIn.withPassword(
                name: "mod", password: TestPeople.password, visitor: TestPeople.visitor())
        ).session
        try await test.people.recovery.request(name: "alice", visitor: TestPeople.visitor())
        let link = try #require(try await test.mailedLink(.beginRecovery))
        try await test.people.recovery.begin(
            link: link, reason: "My phone fell into the sea.", visitor: TestPeople.visitor())
        let administrator = try #require(root.session.principal)
        let entry = try #require(try await test.people.recovery.list(by: administrator).first)
        #expect(entry.userName == "alice" && entry.record.state == .requested)
        return (alice, entry.record.id, try #require(root.session.principal), try #require(moderator.session.principal))
    }

    @Test(
        "AUTHN-1.2 All factors lost: two people approve, a wait follows, and every address is told",
        arguments: TestBackend.allCases)
    func recovery(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let recovery = test.people.recovery
            let (alice, id, root, moderator) = try await prepare(test)
            #expect(try await test.mails().contains { $0.kind == Notice.Kind.recoveryStarted.rawValue })
            #expect(try await test.mailedLink(.stopRecovery, to: "alice@example.org") != nil)
            try await recovery.approve(id, by: moderator)
            await expectRefusal(.recoveryRefused, "the same person twice") {
                try await recovery.approve(id, by: moderator)
            }
            try await recovery.advance()
            try await recovery.approve(id, by: root)
            await expectRefusal(.recoveryRefused, "nothing left to approve") {
                try await recovery.approve(id, by: root)
            }
            test.clock.advance(bySeconds: recovery.policy.waitSeconds - 1)
            try await recovery.advance()
            #expect(try await test.mailedLink(.completeRecovery) == nil, "the wait is not over")
            test.clock.advance(bySeconds: 1)
            try await test.node.recovery.advance()
            try await recovery.advance()
            #expect(try await test.mails().filter { $0.kind == LinkMail.Purpose.completeRecovery.rawValue }.count == 1)
            let link = try #require(try await test.mailedLink(.completeRecovery))
            #expect(try await recovery.userName(link: link) == "alice")
            try await recovery.complete(link: link, new: "after the recovery", visitor: TestPeople.visitor())
            #expect(try await test.people.sessions.find(secret: alice.secret) == nil)
            let started = try await test.people.signIn.withPassword(
                name: "alice", password: "after the recovery", visitor: TestPeople.visitor())
            #expect(started.next == .nothing)
            #expect(
                try await test.people.own.standing(of: #require(started.session.principal)).hasSecondFactor == false)
            let history = try await test.history(alice.session.user.id)
            #expect(history.contains(.recoveryApproved) && history.contains(.recoveryEnded))
            await expectRefusal(.linkInvalid) {
                try await recovery.complete(link: link, new: "once more, please", visitor: TestPeople.visitor())
            }
            #expect(try await test.events("recovery.completed") == 1)
            #expect(try await test.events("recovery.approved") == 2)
        }
    }

    @Test("AUTHN-1.2 Its owner stops it at any time, by mail or signed in", arguments: TestBackend.allCases)
    func cancelling(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let recovery = test.people.recovery
            let (alice, id, root, moderator) = try await prepare(test)
            try await recovery.approve(id, by: root)
            try await recovery.approve(id, by: moderator)
            test.clock.advance(bySeconds: recovery.policy.waitSeconds)
            try await recovery.advance()
            let stop = try #require(try await test.mailedLink(.stopRecovery))
            let link = try #require(try await test.mailedLink(.completeRecovery))
            try await recovery.cancel(link: stop)
            await expectRefusal(.linkInvalid) {
                try await recovery.complete(link: link, new: "too late for that", visitor: TestPeople.visitor())
            }
            await expectRefusal(.linkInvalid) { try await recovery.cancel(link: stop) }
            try await recovery.request(name: "alice", visitor: TestPeople.visitor())
            let begin = try #require(try await test.mailedLink(.beginRecovery))
            try await recovery.begin(link: begin, reason: "", visitor: TestPeople.visitor())
            #expect(try await recovery.running(of: #require(alice.session.principal)) != nil)
            try await recovery.cancel(by: alice.session)
            #expect(try await recovery.running(of: #require(alice.session.principal)) == nil)
        }
    }

    @Test("AUTHN-1.2 Who may not approve, and what never suffices", arguments: TestBackend.allCases)
    func approvers(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let recovery = test.people.recovery
            let (alice, id, root, moderator) = try await prepare(test)
            await expectRefusal(.forbidden) { try await recovery.approve(id, by: #require(alice.session.principal)) }
            await expectRefusal(.forbidden, "nobody in particular") {
                try await recovery.approve(id, by: SignInAttackTests.operatorPrincipal)
            }
            func change(_ principal: Principal, kind: Principal.Kind, factors: Factors) -> Principal {
                Principal(
                    userID: principal.userID, userName: principal.userName, isAdministrator: true, kind: kind,
                    tokenID: nil, scopes: [], factors: factors)
            }
            await expectRefusal(.secondFactorRequired) {
                try await recovery.approve(id, by: change(root, kind: .session, factors: Factors([.password])))
            }
            await expectRefusal(.forbidden) {
                try await recovery.approve(id, by: change(root, kind: .token, factors: root.factors))
            }
            try await recovery.approve(id, by: change(moderator, kind: .commandLine, factors: Factors([])))
            await expectRefusal(.recoveryRefused, "the command line alone") {
                try await recovery.approve(id, by: change(root, kind: .commandLine, factors: Factors([])))
            }
            try await recovery.refuse(id, by: root)
            await expectRefusal(.recoveryRefused) { try await recovery.approve(id, by: root) }
            #expect(try await test.events("recovery.refused") == 1)
        }
    }

    @Test("AUTHN-1.2 Two moderators are not enough, and nobody approves their own", arguments: TestBackend.allCases)
    func moderators(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let recovery = test.people.recovery
            let (_, id, root, moderator) = try await prepare(test)
            _ = try await test.signUp("mod2")
            try await test.people.administration.set(.moderator, to: true, of: "mod2", by: root)
            let second = try await test.addTOTP(
                try await test.people.signIn.withPassword(
                    name: "mod2", password: TestPeople.password, visitor: TestPeople.visitor())
            ).session
            try await recovery.approve(id, by: moderator)
            await expectRefusal(.recoveryRefused) {
                try await recovery.approve(id, by: #require(second.session.principal))
            }
            try await recovery.request(name: "mod2", visitor: TestPeople.visitor())
            let link = try #require(try await test.mailedLink(.beginRecovery, to: "mod2@example.org"))
            try await recovery.begin(link: link, reason: "", visitor: TestPeople.visitor())
            let own = try #require(try await recovery.list(by: root).first { $0.userName == "mod2" })
            await expectRefusal(.recoveryRefused) {
                try await recovery.approve(own.record.id, by: #require(second.session.principal))
            }
        }
    }

    @Test("AUTHN-1.2 A recovery that nobody approves or finishes ends by itself", arguments: TestBackend.allCases)
    func expiry(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let (alice, _, root, _) = try await prepare(test)
            test.clock.advance(bySeconds: test.people.recovery.policy.approvalSeconds)
            try await test.people.tidy()
            #expect(try await test.people.recovery.list(by: root).isEmpty)
            #expect(try await test.history(alice.session.user.id).contains(.recoveryEnded))
        }
    }

    @Test("The operator's first link is for accounts that have nothing yet", arguments: TestBackend.allCases)
    func firstLink(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let house = SignInAttackTests.operatorPrincipal
            _ = try await test.signUp("alice")
            await expectRefusal(.recoveryRefused) {
                _ = try await test.people.resets.firstLink(name: "alice", by: house)
            }
            let accounts = Accounts(
                driver: test.driver, clock: test.clock, random: SystemRandomSource(), ids: test.core.ids,
                uses: TokenUses())
            _ = try await accounts.createUser(name: "bob", email: "bob@example.org", isAdministrator: false)
            let link = TestPeople.secret(try await test.people.resets.firstLink(name: "bob", by: house))
            let started = try await test.people.resets.complete(
                link: link, new: "my first password", proof: nil, visitor: TestPeople.visitor())
            #expect(started.session.user.name == "bob")
            let list = try await test.people.addresses.list(of: #require(started.session.principal))
            #expect(list.count == 1 && list[0].verifiedAt == nil)
        }
    }
}
