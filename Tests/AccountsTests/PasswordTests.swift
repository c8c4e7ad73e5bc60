import Accounts
import Foundation
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

@Suite("Passwords", .timeLimit(.minutes(10)))
struct PasswordTests {
    private func rules(_ policy: AccountPolicy = .testing) -> PasswordHasher {
        PasswordHasher(policy: policy, random: SystemRandomSource(), pool: TestWorkPool())
    }

    @Test("Argon2id in PHC form, with a salt of its own each time")
    func hashing() async throws {
        let hasher = rules()
        let password = Array("correct horse battery staple".utf8)
        let hash = try await hasher.hash(password)
        #expect(hash.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
        #expect(try await hasher.hash(password) != hash)
        #expect(try await hasher.verify(password, against: hash))
        #expect(try await !hasher.verify(password + [0x20], against: hash))
        #expect(try await !hasher.verify(password, against: nil))
        #expect(try await !hasher.verify([], against: hash))
        #expect(try await !hasher.verify(password, against: "$argon2id$v=19$nonsense"))
        #expect(!hasher.isOutdated(hash))
        var dearer = AccountPolicy.testing
        dearer.argonKibibytes = 128
        #expect(rules(dearer).isOutdated(hash))
        #expect(rules(dearer).isOutdated("nonsense"))
    }

    @Test(
        "AUTHN-2.4 Twelve characters, no rules on composition, no control characters, not the account's name",
        arguments: [
            ("twelve chars", true), ("elevenchars", false), ("aaaaaaaaaaaa", true), ("pass word with spaces", true),
            ("пароль пароль", true), ("🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑", true), ("🔑🔑🔑", false),
            ("tab\tin this one", false), ("", false), ("my name is Alice!", false), ("not by aLiCe either", false),
            (String(repeating: "x", count: 1024), true), (String(repeating: "x", count: 1025), false),
            ("e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}", false),
        ])
    func fitness(password: String, isFit: Bool) async throws {
        try await withPeople(.sqlite) { test in
            do {
                _ = try await test.signUp("alice", password: password)
                #expect(isFit, "\(password) was taken")
            } catch let problem as Problem {
                #expect(problem.code == .passwordUnfit && !isFit, "\(password): \(problem)")
            }
        }
    }

    @Test("One password, composed differently, is one password", arguments: TestBackend.allCases)
    func normalisation(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            _ = try await test.signUp("alice", password: "\u{C9}l\u{E9}onore \u{FF21}BC dort")
            _ = try await test.people.signIn.withPassword(
                name: "alice", password: "E\u{301}le\u{301}onore ABC dort", visitor: TestPeople.visitor())
            await expectRefusal(.signInFailed, "case counts") {
                _ = try await test.people.signIn.withPassword(
                    name: "alice", password: "e\u{301}le\u{301}onore ABC dort", visitor: TestPeople.visitor())
            }
        }
    }

    @Test("AUTHN-2.4 A leaked password is refused at sign-up and at a change", arguments: TestBackend.allCases)
    func leaked(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            test.leaks.add("football football")
            await expectRefusal(.passwordLeaked) { _ = try await test.signUp("alice", password: "football football") }
            let started = try await test.signUp("bob")
            await expectRefusal(.passwordLeaked) {
                _ = try await test.people.passwords.change(
                    current: TestPeople.password, new: "football football", session: started.session,
                    visitor: TestPeople.visitor())
            }
            #expect(test.leaks.asked.allSatisfy { $0.count == 5 }, "only five digits of the hash leave")
        }
    }

    @Test("AUTHN-2.4 A hit at sign-in leaves nothing but a change of the password", arguments: TestBackend.allCases)
    func leakedLater(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let first = try await test.signUp("alice")
            test.leaks.add(TestPeople.password)
            let started = try await test.people.signIn.withPassword(
                name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
            #expect(started.next == .newPassword)
            #expect(started.session.principal == nil)
            let old = try #require(try await test.people.sessions.find(secret: first.secret))
            #expect(old.principal == nil, "older sessions are held too")
            await expectRefusal(.passwordChangeRequired) {
                _ = try await test.people.totp.begin(name: "Phone", session: started.session)
            }
            await expectRefusal(.passwordLeaked, "the same again") {
                _ = try await test.people.passwords.change(
                    current: TestPeople.password, new: TestPeople.password, session: started.session,
                    visitor: TestPeople.visitor())
            }
            let changed = try await test.people.passwords.change(
                current: TestPeople.password, new: "a better one, I hope", session: started.session,
                visitor: TestPeople.visitor())
            #expect(changed.next == .nothing && changed.session.principal != nil)
            #expect(try await test.people.sessions.find(secret: first.secret) == nil, "other sessions end")
            let history = try await test.history(first.session.user.id)
            #expect(history.contains(.passwordLeaked) && history.contains(.passwordChanged))
        }
    }

    @Test("AUTHN-2.4 A list that cannot be asked locks nobody out", arguments: TestBackend.allCases)
    func failingList(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            test.leaks.setFailing(true)
            _ = try await test.signUp("alice")
            let started = try await test.people.signIn.withPassword(
                name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
            #expect(started.next == .nothing)
            #expect(test.leaks.asked.count == 2)
        }
    }

    @Test("A hash that costs less than the policy is renewed at sign-in", arguments: TestBackend.allCases)
    func renewal(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let started = try await test.signUp("alice")
            var costs = AccountPolicy.testing
            costs.argonKibibytes = 32
            let weak = try await rules(costs).hash(Array(TestPeople.password.utf8))
            let id = started.session.user.id
            try await test.driver.write {
                try AccountStore($0).setPassword(weak, userID: id, at: Timestamp(seconds: 1))
            }
            for _ in 0..<2 {
                _ = try await test.people.signIn.withPassword(
                    name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
                let hash = try await test.driver.read { try AccountStore($0).signIn(userID: id)?.passwordHash }
                #expect(hash?.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$") == true)
            }
        }
    }

    @Test(
        "A change needs the old password, and ends all other sessions and reset links", arguments: TestBackend.allCases)
    func change(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let started = try await test.signUp("alice")
            await expectRefusal(.signInFailed) {
                _ = try await test.people.passwords.change(
                    current: "not the password", new: "something else now", session: started.session,
                    visitor: TestPeople.visitor())
            }
            try await test.people.resets.request(name: "alice", visitor: TestPeople.visitor())
            let link = try #require(try await test.mailedLink(.resetPassword))
            let changed = try await test.people.passwords.change(
                current: TestPeople.password, new: "something else now", session: started.session,
                visitor: TestPeople.visitor())
            #expect(changed.secret != started.secret)
            await expectRefusal(.linkInvalid) { _ = try await test.people.resets.question(link: link) }
            await expectRefusal(.signInFailed) {
                _ = try await test.people.signIn.withPassword(
                    name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
            }
        }
    }
}
