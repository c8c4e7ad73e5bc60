import Accounts
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

@Suite("Signing up, and addresses", .timeLimit(.minutes(10)))
struct SignUpTests {
    private let house = SignInAttackTests.operatorPrincipal

    @Test("AUTHN-1.1 An invitation proves the address, works once and for seven days", arguments: TestBackend.allCases)
    func invitation(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let signUp = test.people.signUp
            let link = try await signUp.invite(address: "Alice@Example.org", name: "alice", by: house)
            #expect(link.hasPrefix("https://registry.example/signup/"))
            let mail = try #require(try await test.mails().last)
            #expect(mail.recipient == "Alice@Example.org" && mail.link == TestPeople.secret(link))
            let secret = TestPeople.secret(link)
            let offer = try await signUp.offer(link: secret)
            #expect(offer.address == "Alice@Example.org" && offer.name == "alice" && !offer.isAdministrator)
            let started = try await signUp.complete(
                link: secret, name: "alice", password: TestPeople.password, address: "other@example.org",
                visitor: TestPeople.visitor())
            #expect(started.session.principal?.factors == Factors([.password]))
            let addresses = try await test.people.addresses.list(of: #require(started.session.principal))
            #expect(addresses.map(\.address) == ["Alice@Example.org"] && addresses[0].verifiedAt != nil)
            #expect(try await test.events("user.signed-up") == 1)
            await expectRefusal(.linkInvalid, "used") {
                _ = try await signUp.complete(
                    link: secret, name: "alice2", password: TestPeople.password, visitor: TestPeople.visitor())
            }
            await expectRefusal(.userExists, "the address is somebody's") {
                _ = try await signUp.invite(address: "alice@example.ORG", by: house)
            }
            let late = TestPeople.secret(try await signUp.invite(address: "bob@example.org", by: house))
            test.clock.advance(bySeconds: 7 * 86_400)
            await expectRefusal(.linkInvalid, "too late") { _ = try await signUp.offer(link: late) }
        }
    }

    @Test(
        "Only administrators in person invite, and a second invitation ends the first", arguments: TestBackend.allCases)
    func inviters(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let signUp = test.people.signUp
            let plain = try #require(try await test.signUp("plain").session.principal)
            await expectRefusal(.forbidden) { _ = try await signUp.invite(address: "x@example.org", by: plain) }
            let root = try #require(try await test.signUp("chief", isAdministrator: true).session.principal)
            let token = Principal(
                userID: root.userID, userName: root.userName, isAdministrator: true, kind: .token, tokenID: 1,
                scopes: [])
            await expectRefusal(.forbidden) { _ = try await signUp.invite(address: "x@example.org", by: token) }
            let first = try await signUp.invite(address: "x@example.org", by: root)
            let second = try await signUp.invite(address: "x@example.org", by: root)
            await expectRefusal(.linkInvalid) { _ = try await signUp.offer(link: TestPeople.secret(first)) }
            _ = try await signUp.offer(link: TestPeople.secret(second))
        }
    }

    @Test(
        "Open sign-up answers alike whether the address is known, and mails the difference",
        arguments: TestBackend.allCases)
    func open(backend: TestBackend) async throws {
        var policy = AccountPolicy.testing
        policy.signUp = .open
        try await withPeople(backend, policy: policy) { test in
            let signUp = test.people.signUp
            try await signUp.request(address: "alice@example.org", visitor: TestPeople.visitor())
            let secret = try #require(try await test.mailedLink(.signUp))
            _ = try await signUp.complete(
                link: secret, name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
            try await signUp.request(address: "alice@example.org", visitor: TestPeople.visitor())
            #expect(try await test.mails().last?.kind == LinkMail.Purpose.accountExists.rawValue)
            try await signUp.request(address: "alice@example.org", visitor: TestPeople.visitor())
            await expectRefusal(.tooManyAttempts, "mails to one address are few") {
                try await signUp.request(address: "alice@example.org", visitor: TestPeople.visitor("203.0.113.9"))
            }
            await expectRefusal(.badRequest) {
                try await signUp.request(
                    address: "a b@example.org\r\nBcc: x@example.org", visitor: TestPeople.visitor())
            }
        }
        try await withPeople(backend) { test in
            await expectRefusal(.forbidden) {
                try await test.people.signUp.request(address: "alice@example.org", visitor: TestPeople.visitor())
            }
        }
    }

    @Test("The first administrator's link works once, and not beside an administrator", arguments: TestBackend.allCases)
    func setup(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let signUp = test.people.signUp
            let old = TestPeople.secret(try await signUp.setupLink())
            let secret = TestPeople.secret(try await signUp.setupLink())
            await expectRefusal(.linkInvalid, "replaced") { _ = try await signUp.offer(link: old) }
            #expect(try await signUp.offer(link: secret).isAdministrator)
            let codes = await withTaskGroup(of: Problem.Code?.self) { group in
                for number in 0..<4 {
                    let people = number.isMultiple(of: 2) ? test.people : test.node
                    group.addTask {
                        do {
                            _ = try await people.signUp.complete(
                                link: secret, name: "root\(number)x", password: TestPeople.password,
                                address: "root\(number)@example.org", visitor: TestPeople.visitor())
                            return nil
                        } catch {
                            return (error as? Problem)?.code ?? .internalError
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.filter { $0 == nil }.count == 1 && codes.filter { $0 == .linkInvalid }.count == 3)
            await expectRefusal(.conflict) { _ = try await signUp.setupLink() }
            #expect(try await test.mails().last?.kind == LinkMail.Purpose.confirmAddress.rawValue, "typed, so unproven")
        }
    }

    @Test("Of many that use one invitation or one name at once, one gets it", arguments: TestBackend.allCases)
    func race(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            var links: [String] = []
            for number in 0..<4 {
                links.append(
                    TestPeople.secret(
                        try await test.people.signUp.invite(address: "a\(number)@example.org", by: house)))
            }
            let codes = await withTaskGroup(of: Problem.Code?.self) { group in
                for (number, link) in (links + links).enumerated() {
                    group.addTask {
                        do {
                            _ = try await test.people.signUp.complete(
                                link: link, name: number.isMultiple(of: 2) ? "alice" : "ALICE",
                                password: "a long enough one", visitor: TestPeople.visitor())
                            return nil
                        } catch {
                            return (error as? Problem)?.code ?? .internalError
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.filter { $0 == nil }.count == 1)
            #expect(codes.allSatisfy { $0 == nil || $0 == .userExists || $0 == .linkInvalid })
        }
    }

    @Test(
        "AUTHN-1.1 A new address is confirmed by its own link, and the old one is told", arguments: TestBackend.allCases
    )
    func addresses(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let addresses = test.people.addresses
            let session = try await test.signUp("alice").session
            let principal = try #require(session.principal)
            try await addresses.add("second@example.net", by: session, visitor: TestPeople.visitor())
            let told = try await test.mails().filter { $0.kind == Notice.Kind.addressAdded.rawValue }
            #expect(told.map(\.recipient) == ["alice@example.org"])
            let link = try #require(try await test.mailedLink(.confirmAddress, to: "second@example.net"))
            let list = try await addresses.list(of: principal)
            #expect(list.map(\.address) == ["alice@example.org", "second@example.net"] && list[1].verifiedAt == nil)
            await expectRefusal(.addressUnconfirmed) {
                try await addresses.makePrimary(list[1].id, by: session, visitor: TestPeople.visitor())
            }
            #expect(try await addresses.address(link: link) == "second@example.net")
            #expect(try await addresses.confirm(link: link) == "second@example.net")
            await expectRefusal(.linkInvalid, "once") { _ = try await addresses.confirm(link: link) }
            try await addresses.makePrimary(list[1].id, by: session, visitor: TestPeople.visitor())
            await expectRefusal(.conflict, "the primary one stays") {
                try await addresses.remove(list[1].id, by: session, visitor: TestPeople.visitor())
            }
            try await addresses.remove(list[0].id, by: session, visitor: TestPeople.visitor())
            let last = try await test.mails().filter { $0.kind == Notice.Kind.addressRemoved.rawValue }
            #expect(Set(last.map(\.recipient)) == ["alice@example.org", "second@example.net"], "the one that goes too")
            let other = try await test.signUp("bob").session
            await expectRefusal(.notFound, "somebody else's") {
                try await addresses.remove(list[1].id, by: other, visitor: TestPeople.visitor())
            }
        }
    }

    @Test(
        "AUTHN-1.1 A confirmed address is one account's; who claims it learns nothing", arguments: TestBackend.allCases)
    func claims(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let addresses = test.people.addresses
            let alice = try await test.signUp("alice").session
            let mallory = try await test.signUp("mallory").session
            try await addresses.add("ALICE@example.org", by: mallory, visitor: TestPeople.visitor())
            let link = try #require(try await test.mailedLink(.confirmAddress))
            await expectRefusal(.linkInvalid) { _ = try await addresses.confirm(link: link) }
            #expect(try await test.people.addresses.list(of: #require(alice.principal)).count == 1)
            test.clock.advance(bySeconds: 86_400)
            await expectRefusal(.linkInvalid, "24 hours") { _ = try await addresses.address(link: link) }
        }
    }

    @Test("An account is closed: personal data goes, the name stays taken", arguments: TestBackend.allCases)
    func closing(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let (started, _) = try await test.addTOTP(try await test.signUp("alice"))
            let export = try await test.people.own.export(session: started.session)
            #expect(export["account"]?["name"] == "alice")
            #expect(export["addresses"]?.arrayValue?.first?["address"] == "alice@example.org")
            #expect(export["codeGenerators"]?.arrayValue?.count == 1)
            try await test.people.own.close(session: started.session, visitor: TestPeople.visitor())
            #expect(try await test.people.sessions.find(secret: started.secret) == nil)
            #expect(try await test.mails().last?.kind == Notice.Kind.accountClosed.rawValue)
            let user = try #require(try await test.driver.read { try UserStore($0).find(nameKey: "alice") })
            #expect(user.state == .deleted && user.email.isEmpty)
            let rest = try await test.driver.read { connection in
                try connection.first(
                    """
                    SELECT (SELECT COUNT(*) FROM user_emails) + (SELECT COUNT(*) FROM totp_factors)
                        + (SELECT COUNT(*) FROM account_history) + (SELECT COUNT(*) FROM known_devices) AS n
                    """)?.int("n")
            }
            #expect(rest == 0)
            await expectRefusal(.userExists) { _ = try await test.signUp("Alice") }
            await expectRefusal(.signInFailed) {
                _ = try await test.people.signIn.withPassword(
                    name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
            }
        }
    }

    @Test("Administrators suspend, restore and give rights; the last one stays", arguments: TestBackend.allCases)
    func administration(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let administration = test.people.administration
            let root = try #require(try await test.signUp("chief", isAdministrator: true).session.principal)
            let alice = try await test.signUp("alice")
            let principal = try #require(alice.session.principal)
            await expectRefusal(.forbidden) { try await administration.suspend("chief", reason: "", by: principal) }
            await expectRefusal(.conflict) { try await administration.suspend("chief", reason: "", by: root) }
            await expectRefusal(.conflict) {
                try await administration.set(.administrator, to: false, of: "chief", by: root)
            }
            try await administration.suspend("alice", reason: "spam", by: root)
            #expect(try await test.people.sessions.find(secret: alice.secret) == nil)
            await expectRefusal(.signInFailed) {
                _ = try await test.people.signIn.withPassword(
                    name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
            }
            await expectRefusal(.conflict, "already") {
                try await administration.suspend("alice", reason: "", by: root)
            }
            try await administration.restore("alice", by: root)
            let again = try await test.people.signIn.withPassword(
                name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
            try await administration.set(.moderator, to: true, of: "alice", by: root)
            #expect(try await test.people.sessions.find(secret: again.secret) == nil, "rights begin with a sign-in")
            #expect(try await test.history(alice.session.user.id).contains(.roleChanged))
            #expect(try await administration.list(by: root).map(\.name) == ["alice", "chief"])
            #expect(try await test.events("user.suspended") == 1)
            #expect(try await test.events("user.right-given") == 1)
        }
    }
}
