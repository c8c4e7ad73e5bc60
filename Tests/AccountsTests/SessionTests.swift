import Accounts
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

@Suite("Sessions", .timeLimit(.minutes(10)))
struct SessionTests {
    @Test("Found by its secret, which is not stored, until it ends", arguments: TestBackend.allCases)
    func life(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let sessions = test.people.sessions
            let started = try await test.signUp("alice")
            let found = try #require(try await sessions.find(secret: started.secret))
            #expect(found.principal?.kind == .session && found.principal?.userName == "alice")
            let hashes = try await test.driver.read { connection in
                try connection.query("SELECT hash FROM sessions").map { try $0.bytes("hash") }
            }
            #expect(hashes.count == 1 && hashes[0].count == 32 && hashes[0] != Base64URL.decode(started.secret))
            for wrong in [
                "", "x", started.secret + "A", String(started.secret.dropLast()) + "~", Base64URL.encode(hashes[0]),
            ] {
                #expect(try await sessions.find(secret: wrong) == nil)
            }
            try await sessions.end(secret: started.secret)
            #expect(try await sessions.find(secret: started.secret) == nil)
        }
    }

    @Test("It ends when it is not used, and in any case", arguments: TestBackend.allCases)
    func ends(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let sessions = test.people.sessions
            let day: Int64 = 86_400
            let idle = try await test.signUp("alice")
            test.clock.advance(bySeconds: 14 * day - 1)
            #expect(try await sessions.find(secret: idle.secret) != nil)
            test.clock.advance(bySeconds: 14 * day + 1)
            #expect(try await sessions.find(secret: idle.secret) == nil)
            let used = try await test.signUp("bob")
            for _ in 0..<89 {
                test.clock.advance(bySeconds: day)
                #expect(try await sessions.find(secret: used.secret) != nil)
            }
            test.clock.advance(bySeconds: day)
            #expect(try await sessions.find(secret: used.secret) == nil, "ninety days are the end")
            try await test.people.tidy()
            let count = try await test.driver.read { try $0.first("SELECT COUNT(*) AS n FROM sessions")?.int("n") }
            #expect(count == 0)
        }
    }

    @Test("Listed, ended one by one or all but one, and only by their owner", arguments: TestBackend.allCases)
    func list(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let sessions = test.people.sessions
            let first = try await test.signUp("alice")
            let other = try await test.signUp("bob")
            var more: [StartedSession] = []
            for _ in 0..<3 {
                test.clock.advance(bySeconds: 1)
                more.append(
                    try await test.people.signIn.withPassword(
                        name: "alice", password: TestPeople.password, visitor: TestPeople.visitor()))
            }
            let list = try await sessions.list(of: first.session)
            #expect(list.count == 4 && list.first?.id == more[2].session.record.id)
            #expect(list.allSatisfy { $0.network == "192.0.2.0/24" && $0.agent == "Test browser" })
            await expectRefusal(.notFound) { try await sessions.end(first.session.record.id, by: other.session) }
            try await sessions.end(more[0].session.record.id, by: first.session)
            #expect(try await sessions.find(secret: more[0].secret) == nil)
            try await sessions.endOthers(by: first.session, visitor: TestPeople.visitor())
            #expect(try await sessions.list(of: first.session).map(\.id) == [first.session.record.id])
            #expect(try await sessions.find(secret: other.secret) != nil)
            #expect(try await test.history(first.session.user.id).contains(.sessionsEnded))
        }
    }

    @Test("Another session on another node is the same session", arguments: TestBackend.allCases)
    func nodes(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let started = try await test.signUp("alice")
            let there = try #require(try await test.node.sessions.find(secret: started.secret))
            #expect(there == started.session)
            try await test.node.sessions.end(secret: started.secret)
            #expect(try await test.people.sessions.find(secret: started.secret) == nil)
        }
    }

    @Test("A secret that was planted before the sign-in is worth nothing after it", arguments: TestBackend.allCases)
    func fixation(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let mallory = try await test.signUp("mallory")
            _ = try await test.signUp("alice")
            let alice = try await test.people.signIn.withPassword(
                name: "alice", password: TestPeople.password, visitor: TestPeople.visitor(), previous: mallory.secret)
            #expect(alice.secret != mallory.secret)
            #expect(try await test.people.sessions.find(secret: mallory.secret) == nil, "the planted one ends")
            let (next, _) = try await test.addTOTP(alice)
            #expect(next.secret != alice.secret)
            #expect(next.session.record.formKey != alice.session.record.formKey)
            #expect(try await test.people.sessions.find(secret: alice.secret) == nil, "a secret from before the factor")
        }
    }

    @Test("A pending session may nothing, and ends soon", arguments: TestBackend.allCases)
    func pending(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            _ = try await test.addTOTP(try await test.signUp("alice"))
            let started = try await test.people.signIn.withPassword(
                name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
            #expect(started.device == nil, "the device is not known before the factor is shown")
            await expectRefusal(.secondFactorRequired) {
                _ = try await test.people.passwords.change(
                    current: TestPeople.password, new: "another password", session: started.session,
                    visitor: TestPeople.visitor())
            }
            await expectRefusal(.secondFactorRequired) {
                _ = try await test.people.recoveryCodes.make(session: started.session, visitor: TestPeople.visitor())
            }
            await expectRefusal(.secondFactorRequired) {
                try await test.people.addresses.add("x@example.org", by: started.session, visitor: TestPeople.visitor())
            }
            await expectRefusal(.secondFactorRequired) {
                try await test.people.sessions.endOthers(by: started.session, visitor: TestPeople.visitor())
            }
            test.clock.advance(bySeconds: 15 * 60 + 1)
            #expect(try await test.people.sessions.find(secret: started.secret) == nil)
        }
    }

    @Test("Dangerous acts ask for a proof of the last minutes", arguments: TestBackend.allCases)
    func freshness(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let started = try await test.signUp("alice")
            #expect(test.people.sessions.isFresh(started.session))
            test.clock.advance(bySeconds: 15 * 60)
            #expect(!test.people.sessions.isFresh(started.session))
            await expectRefusal(.reauthenticationRequired) {
                _ = try await test.people.totp.begin(name: "Phone", session: started.session)
            }
            await expectRefusal(.signInFailed) {
                _ = try await test.people.signIn.again(
                    password: "wrong password", session: started.session, visitor: TestPeople.visitor())
            }
            let again = try await test.people.signIn.again(
                password: TestPeople.password, session: started.session, visitor: TestPeople.visitor())
            #expect(again.secret != started.secret && test.people.sessions.isFresh(again.session))
            let (next, _) = try await test.addTOTP(again)
            await expectRefusal(.secondFactorRequired, "the password alone is not enough any more") {
                _ = try await test.people.signIn.again(
                    password: TestPeople.password, session: next.session, visitor: TestPeople.visitor())
            }
        }
    }

    @Test("A form's field belongs to one session and one act")
    func forms() async throws {
        try await withPeople(.sqlite) { test in
            let sessions = test.people.sessions
            let alice = try await test.signUp("alice").session
            let bob = try await test.signUp("bob").session
            let token = sessions.formToken(for: alice, action: "password")
            #expect(sessions.accepts(formToken: token, for: alice, action: "password"))
            #expect(!sessions.accepts(formToken: token, for: alice, action: "close"))
            #expect(!sessions.accepts(formToken: token, for: bob, action: "password"))
            #expect(!sessions.accepts(formToken: "", for: alice, action: "password"))
            #expect(!sessions.accepts(formToken: token + "=", for: alice, action: "password"))
        }
    }

    @Test("AUTHN-1.4 A browser that was not used before is worth a notice, once", arguments: TestBackend.allCases)
    func devices(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let started = try await test.signUp("alice")
            let device = try #require(started.device)
            let id = started.session.user.id
            #expect(try await !test.history(id).contains(.signedInFromNewDevice))
            let same = try await test.people.signIn.withPassword(
                name: "alice", password: TestPeople.password, visitor: TestPeople.visitor(device: device))
            #expect(same.device == nil)
            #expect(try await !test.history(id).contains(.signedInFromNewDevice))
            let other = try await test.people.signIn.withPassword(
                name: "alice", password: TestPeople.password, visitor: TestPeople.visitor("2001:db8:1:2::1"))
            #expect(other.device != nil)
            #expect(try await test.history(id).filter { $0 == .signedInFromNewDevice }.count == 1)
            let mail = try #require(try await test.mails().last)
            #expect(mail.recipient == "alice@example.org" && mail.kind == Notice.Kind.signedInFromNewDevice.rawValue)
            let reader = try #require(other.session.principal)
            let entry = try #require(try await test.people.own.history(of: reader).first)
            #expect(entry.network == "2001:db8:1::/48" && entry.agent == "Test browser")
        }
    }

    @Test(
        "Networks that are shown, and those that are counted",
        arguments: [
            ("192.0.2.77", "192.0.2.0/24", "192.0.2.0/24"), ("::ffff:192.0.2.77", "192.0.2.0/24", "192.0.2.0/24"),
            ("2001:db8:1:23ff::9", "2001:db8:1::/48", "2001:db8:1:2300::/56"), ("", "", ""), ("nowhere", "", ""),
        ])
    func networks(address: String, shown: String, counted: String) {
        #expect(Network.shown(address) == shown && Network.counted(address) == counted)
    }
}
