import Accounts
import Foundation
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

@Suite("Attacks on sign-in", .timeLimit(.minutes(20)))
struct SignInAttackTests {
    /// What an attempt to sign in with a wrong password comes to.
    private static func attempt(_ people: AccountUseCases, _ name: String, _ visitor: Visitor) async -> Problem? {
        await attempt(people, name, "wrong wrong wrong", visitor)
    }

    /// What an attempt to sign in comes to.
    private static func attempt(
        _ people: AccountUseCases, _ name: String, _ password: String, _ visitor: Visitor
    ) async -> Problem? {
        do {
            _ = try await people.signIn.withPassword(name: name, password: password, visitor: visitor)
            return nil
        } catch {
            return error as? Problem ?? Problem(.internalError, "\(error)")
        }
    }

    @Test(
        "AUTHN-1.5 Guesses at one account wait longer and longer, wherever they come from",
        arguments: TestBackend.allCases)
    func guessing(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            _ = try await test.signUp("alice")
            for number in 0..<5 {
                let problem = await Self.attempt(test.people, "alice", TestPeople.visitor("198.51.\(number).1"))
                #expect(problem?.code == .signInFailed)
            }
            var waits: [Int64] = []
            for number in 0..<4 {
                let visitor = TestPeople.visitor("203.0.\(number).1")
                // The right password does not get through either, on this node or another.
                for people in [test.people, test.node] {
                    let problem = await Self.attempt(people, "ALICE", TestPeople.password, visitor)
                    #expect(problem?.code == .tooManyAttempts)
                    if people.core.ids === test.people.core.ids { waits.append(problem?.retryAfterSeconds ?? 0) }
                }
                test.clock.advance(bySeconds: waits[number])
                #expect(await Self.attempt(test.people, "alice", visitor)?.code == .signInFailed)
            }
            #expect(waits == [30, 60, 120, 240])
            test.clock.advance(bySeconds: 480)
            let started = try await test.people.signIn.withPassword(
                name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
            #expect(started.next == .nothing)
            #expect(
                await Self.attempt(test.people, "alice", TestPeople.visitor())?.code == .signInFailed, "it starts anew")
        }
    }

    @Test("AUTHN-1.5 Who fails on purpose does not lock out the owner's own browser", arguments: TestBackend.allCases)
    func lockout(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let device = try #require(try await test.signUp("alice").device)
            for _ in 0..<8 { _ = await Self.attempt(test.people, "alice", TestPeople.visitor("198.51.100.1")) }
            #expect(
                await Self.attempt(test.people, "alice", TestPeople.password, TestPeople.visitor())?.code
                    == .tooManyAttempts)
            #expect(
                await Self.attempt(test.people, "alice", TestPeople.password, TestPeople.visitor(device: device)) == nil
            )
            for _ in 0..<5 { _ = await Self.attempt(test.people, "alice", TestPeople.visitor(device: device)) }
            #expect(
                await Self.attempt(test.people, "alice", TestPeople.visitor(device: device))?.code == .tooManyAttempts,
                "nor does the browser let anybody guess for ever")
        }
    }

    @Test("AUTHN-1.5 Credential stuffing: one network tries many accounts", arguments: TestBackend.allCases)
    func stuffing(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            _ = try await test.signUp("victim")
            var refused = 0
            for number in 0..<40 {
                let problem = await Self.attempt(
                    test.people, "user\(number)", TestPeople.visitor("203.0.113.\(number)"))
                if problem?.code == .tooManyAttempts { refused += 1 }
            }
            #expect(refused == 10, "thirty are free for a network of 256 addresses")
            #expect(
                await Self.attempt(test.people, "victim", TestPeople.password, TestPeople.visitor("203.0.113.200"))?
                    .code
                    == .tooManyAttempts)
            #expect(
                await Self.attempt(test.people, "victim", TestPeople.password, TestPeople.visitor("198.51.100.1"))
                    == nil)
            for number in 0..<40 {
                _ = await Self.attempt(test.node, "user\(number)", TestPeople.visitor("2001:db8:1:2200::\(number)"))
            }
            #expect(
                await Self.attempt(
                    test.people, "victim", TestPeople.password, TestPeople.visitor("2001:db8:1:22ff::1"))?
                    .code == .tooManyAttempts, "a /56 is one network, on every node")
        }
    }

    @Test("AUTHN-1.5 Many attempts at once do not pass a limit together", arguments: TestBackend.allCases)
    func burst(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            _ = try await test.signUp("alice")
            let codes = await withTaskGroup(of: Problem.Code?.self) { group in
                for number in 0..<24 {
                    let people = number.isMultiple(of: 2) ? test.people : test.node
                    group.addTask {
                        await Self.attempt(people, "alice", TestPeople.visitor("198.51.\(number).1"))?.code
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.filter { $0 == .signInFailed }.count <= 5)
            #expect(codes.filter { $0 == .tooManyAttempts }.count >= 1 && !codes.contains(nil))
        }
    }

    @Test("AUTHN-1.5 Answers are the same whether the account exists or not", arguments: TestBackend.allCases)
    func answers(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            _ = try await test.signUp("alice")
            let suspended = try await test.signUp("susan")
            try await test.people.administration.suspend("susan", reason: "test", by: Self.operatorPrincipal)
            var answers: [Set<String>] = []
            for (number, name) in ["alice", "nobody", "alice@example.org", "nobody@example.org", "susan"].enumerated() {
                var seen: Set<String> = []
                for _ in 0..<7 {
                    let problem = await Self.attempt(test.people, name, TestPeople.visitor("198.51.\(number).1"))
                    seen.insert("\(problem?.code.rawValue ?? "") \(problem?.detail ?? "")")
                }
                answers.append(seen)
            }
            #expect(answers.allSatisfy { $0 == answers[0] && $0.count == 2 })
            #expect(try await test.people.sessions.find(secret: suspended.secret) == nil)
            for name in ["alice", "nobody", "susan"] {
                try await test.people.resets.request(name: name, visitor: TestPeople.visitor())
                try await test.people.recovery.request(name: name, visitor: TestPeople.visitor("203.0.113.1"))
            }
        }
    }

    static let operatorPrincipal = Principal(
        userID: 0, userName: "operator", isAdministrator: true, kind: .commandLine, tokenID: nil, scopes: [])

    /// The time that attempts at a name take, each from a network of its own.
    private static func times(_ test: TestPeople, _ names: [String], rounds: Int) async -> [[Double]] {
        var times = [[Double]](repeating: [], count: names.count)
        let clock = ContinuousClock()
        for round in 0..<rounds {
            // In turn, so that what slows the machine slows each alike.
            for (index, name) in names.enumerated() {
                test.clock.advance(bySeconds: 4000)
                let start = clock.now
                _ = await Self.attempt(test.people, name, TestPeople.visitor("10.\(index).\(round).1"))
                let parts = (clock.now - start).components
                times[index].append(Double(parts.seconds) + Double(parts.attoseconds) / 1e18)
            }
        }
        return times
    }

    @Test("AUTHN-1.5 The time of an answer does not tell whether an account exists")
    func timing() async throws {
        var policy = AccountPolicy.testing
        // Costly enough to stand out from everything else that an attempt does.
        policy.argonKibibytes = 16_384
        policy.argonPasses = 2
        try await withPeople(.sqlite, policy: policy) { test in
            let started = try await test.signUp("alice")
            _ = try await test.addTOTP(started)
            let passwordless = try await test.signUp("keyholder")
            let key = SoftwareAuthenticator(.es256)
            let withKey = try await test.addKey(key, .passkey, to: passwordless)
            try await test.people.passwords.remove(session: withKey.session, visitor: TestPeople.visitor())
            let names = ["alice", "nobody", "alice@example.org", "nobody@example.org", "keyholder"]
            _ = await Self.times(test, names, rounds: 2)
            let medians = await Self.times(test, names, rounds: 25).map { $0.sorted()[$0.count / 2] }
            // A missing hash would be a tenth of the time; a busy machine moves a median by much less than half.
            for (name, median) in zip(names, medians) {
                #expect(
                    median > medians[0] * 0.5 && median < medians[0] * 2, "\(name): \(median) against \(medians[0])")
            }
        }
    }

    @Test("AUTHN-1.5 A refused attempt writes nothing", arguments: TestBackend.allCases)
    func writes(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            for _ in 0..<5 { _ = await Self.attempt(test.people, "nobody", TestPeople.visitor()) }
            func rows() async throws -> [SQLRow] {
                try await test.driver.read {
                    try $0.query("SELECT scope, count, last_at FROM attempt_counters ORDER BY scope, subject")
                }
            }
            let before = try await rows()
            test.clock.advance(bySeconds: 1)
            for _ in 0..<5 {
                #expect(await Self.attempt(test.people, "nobody", TestPeople.visitor())?.code == .tooManyAttempts)
            }
            #expect(try await rows() == before)
            test.clock.advance(bySeconds: 3 * 86_400)
            try await test.people.tidy()
            #expect(try await rows().isEmpty)
        }
    }

    @Test(
        "AUTHN-1.5 Bad tokens are counted by network in memory, and meet in the database",
        arguments: TestBackend.allCases)
    func tokens(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let here = TokenAttempts()
            let there = TokenAttempts()
            let now = test.clock.now()
            for number in 0..<60 {
                try here.admit("192.0.2.1", now: now)
                here.fail("192.0.2.\(number)", now: now)
            }
            #expect(throws: Problem.self) { try here.admit("192.0.2.99", now: now) }
            try here.admit("198.51.100.1", now: now)
            let empty = try await test.driver.read { try $0.query("SELECT * FROM attempt_counters") }
            #expect(empty.isEmpty, "a request writes nothing")
            try await here.flush(to: test.driver, now: now)
            there.fail("192.0.2.1", now: now)
            try there.admit("192.0.2.1", now: now)
            try await there.flush(to: test.driver, now: now)
            #expect(throws: Problem.self) { try there.admit("192.0.2.1", now: now) }
            let later = now.advanced(bySeconds: 3600)
            try here.admit("192.0.2.1", now: later)
        }
    }
}
