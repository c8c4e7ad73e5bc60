import Accounts
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

@Suite("Accounts", .timeLimit(.minutes(10)))
struct UserTests {
    @Test(
        "Names that are taken as they are",
        arguments: [
            "a", "0", "Alice", "x-1", "a_b", "A--b__C", "user-name-of-exactly-thirty-nine-charac", "Admin2", "token",
        ])
    func goodNames(name: String) throws {
        try UserName.check(name)
        #expect(UserName.key(name) == name.lowercased())
    }

    @Test(
        "Names that are refused",
        arguments: [
            "", "-a", "a-", "_a", "a_", "-", "a b", "a.b", "a@b", "a/b", "alicé", "аlice", "a\u{0}", "a\n", " a", "a ",
            "user-name-of-forty-characters-and-no-mor", "admin", "Root", "OPERATOR", "__token__", "hallmark",
            "\u{212A}ate",
            "%61", "a\u{200B}b", "..",
        ])
    func badNames(name: String) {
        #expect {
            try UserName.check(name)
        } throws: { error in
            (error as? Problem)?.code == .nameInvalid
        }
    }

    @Test(
        "Addresses at a first look",
        arguments: [
            ("alice@example.org", true), ("a+b@example", true), ("\"q\"@example.org", true), ("ü@exämple.org", true),
            ("", false),
            ("alice", false), ("@example.org", false), ("alice@", false), ("a@b@c", false), ("a b@example.org", false),
            ("a@example..org", false), ("a@.org", false), ("a@org.", false), ("a@exa\nmple.org", false),
            ("a\u{0}@example.org", false),
            ("a@example.org\u{7F}", false), (String(repeating: "a", count: 250) + "@example.org", false),
        ])
    func addresses(text: String, isPlausible: Bool) {
        #expect(EmailAddress.isPlausible(text) == isPlausible)
    }

    @Test("A name is one account's, whatever the case", arguments: TestBackend.allCases)
    func unique(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            #expect(try await registry.accounts.hasUsers() == false)
            let alice = try await registry.accounts.createUser(
                name: "Alice", email: "alice@example.org", isAdministrator: false)
            #expect(try await registry.accounts.hasUsers())
            for name in ["Alice", "alice", "ALICE"] {
                await expectRefusal(.userExists) {
                    _ = try await registry.accounts.createUser(
                        name: name, email: "other@example.org", isAdministrator: true)
                }
                let found = try #require(try await registry.accounts.user(named: name))
                #expect(found == alice && found.name == "Alice" && found.createdAt == registry.clock.now())
            }
            #expect(try await registry.accounts.user(named: "bob") == nil)
            let count = try await registry.driver.read { connection in
                try connection.first("SELECT COUNT(*) FROM events")?.int(0)
            }
            #expect(count == 1, "a refusal leaves no event")
        }
    }

    @Test("Of several that register one name at once, one gets it", arguments: TestBackend.allCases)
    func race(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let codes = await withTaskGroup(of: Problem.Code?.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        do {
                            _ = try await registry.accounts.createUser(
                                name: number.isMultiple(of: 2) ? "alice" : "ALICE", email: "a\(number)@example.org",
                                isAdministrator: false)
                            return nil
                        } catch {
                            return (error as? Problem)?.code ?? .internalError
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.filter { $0 == nil }.count == 1)
            #expect(codes.filter { $0 == .userExists }.count == 7)
        }
    }

    @Test("An account needs a good name and a plausible address")
    func refusals() async throws {
        try await withRegistry(.sqlite) { registry in
            await expectRefusal(.nameInvalid) {
                _ = try await registry.accounts.createUser(name: "a b", email: "a@example.org", isAdministrator: false)
            }
            await expectRefusal(.badRequest) {
                _ = try await registry.accounts.createUser(name: "alice", email: "nowhere", isAdministrator: false)
            }
            let hasUsers = try await registry.accounts.hasUsers()
            #expect(!hasUsers)
        }
    }
}
