import Accounts
import Foundation
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

@Suite("WebAuthn", .timeLimit(.minutes(10)))
struct WebAuthnTests {
    typealias Wish = SoftwareAuthenticator.Wish

    @Test(
        "AUTHN-2.2 A security key of each algorithm is a second factor",
        arguments: SoftwareAuthenticator.Algorithm.allCases)
    func algorithms(algorithm: SoftwareAuthenticator.Algorithm) async throws {
        try await withPeople(.sqlite) { test in
            let key = SoftwareAuthenticator(algorithm)
            let started = try await test.addKey(key, .securityKey, to: try await test.signUp("alice"))
            #expect(started.session.record.factors == Factors([.password, .webauthn]))
            #expect(started.session.principal?.factors.resistsPhishing == true)
            let pending = try await test.people.signIn.withPassword(
                name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
            #expect(pending.next == .secondFactor([.webauthn]))
            let options = try await test.people.signIn.securityKeyOptions(for: pending.session)
            #expect(options["userVerification"] == "discouraged" && options["rpId"] == "registry.example")
            let done = try await test.people.signIn.withFactor(
                .securityKey(try key.get(options)), session: pending.session, visitor: TestPeople.visitor())
            #expect(done.next == .nothing)
            let owner = try #require(done.session.principal)
            let record = try #require(
                try await test.people.securityKeys.list(of: owner).first)
            #expect(record.algorithm == algorithm.rawValue && record.signCount == 2 && record.lastUsedAt != nil)
            #expect(record.transports == ["usb", "internal"] && !record.isDiscoverable)
        }
    }

    @Test("AUTHN-3.1 A passkey signs in alone, without a name or a password", arguments: TestBackend.allCases)
    func passkey(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let key = SoftwareAuthenticator(.es256)
            let started = try await test.addKey(key, .passkey, to: try await test.signUp("alice"))
            #expect(started.session.record.factors == Factors([.password, .passkey]))
            let options = test.people.signIn.passkeyOptions()
            #expect(options["allowCredentials"] == [] && options["userVerification"] == "required")
            let signed = try await test.people.signIn.withPasskey(try key.get(options), visitor: TestPeople.visitor())
            #expect(signed.next == .nothing && signed.session.user.name == "alice")
            #expect(signed.session.principal?.factors == Factors([.passkey]))
            try await test.people.passwords.remove(session: signed.session, visitor: TestPeople.visitor())
            await expectRefusal(.signInFailed, "the password is gone") {
                _ = try await test.people.signIn.withPassword(
                    name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
            }
            let owner = try #require(signed.session.principal)
            let record = try #require(
                try await test.people.securityKeys.list(of: owner).first)
            await expectRefusal(.conflict, "without it nobody could sign in") {
                try await test.people.securityKeys.remove(
                    record.id, session: signed.session, visitor: TestPeople.visitor())
            }
        }
    }

    /// Everything that can be wrong with an assertion by a passkey.
    static let wrongs: [(String, Wish)] = [
        wrong("origin") { $0.origin = "https://registry.example.evil.example" },
        wrong("port of the origin") { $0.origin = "https://registry.example:444" },
        wrong("scheme of the origin") { $0.origin = "http://registry.example" },
        wrong("type") { $0.type = "webauthn.create" }, wrong("crossOrigin") { $0.crossOrigin = true },
        wrong("topOrigin") { $0.topOrigin = "https://registry.example" },
        wrong("relying party") { $0.relyingParty = "evil.example" },
        wrong("challenge") { $0.challenge = [UInt8](repeating: 1, count: 56) },
        wrong("presence") { $0.isPresent = false }, wrong("verification") { $0.isVerified = false },
        wrong("backed up though not eligible") { $0.isBackedUp = true },
        wrong("eligible though it was not") { $0.isBackupEligible = true },
        wrong("signature") { $0.breaksSignature = true }, wrong("unknown credential") { $0.credentialID = [1, 2, 3] },
        wrong("user handle") { $0.userHandle = [9] }, wrong("no user handle") { $0.userHandle = [] },
    ]

    static func wrong(_ name: String, _ change: (inout Wish) -> Void) -> (String, Wish) {
        var wish = Wish()
        change(&wish)
        return (name, wish)
    }

    @Test("AUTHN-3.1 An assertion that is wrong in any way signs nobody in", arguments: wrongs.indices)
    func assertions(index: Int) async throws {
        let (name, wish) = Self.wrongs[index]
        try await withPeople(.sqlite) { test in
            let key = SoftwareAuthenticator(.es256)
            _ = try await test.addKey(key, .passkey, to: try await test.signUp("alice"))
            await expectRefusal(.signInFailed, "\(name)") {
                _ = try await test.people.signIn.withPasskey(
                    try key.get(test.people.signIn.passkeyOptions(), wish), visitor: TestPeople.visitor())
            }
            _ = try await test.people.signIn.withPasskey(
                try key.get(test.people.signIn.passkeyOptions()), visitor: TestPeople.visitor())
        }
    }

    @Test("AUTHN-2.2 A registration that is wrong in any way is refused, with words")
    func registrations() async throws {
        try await withPeople(.sqlite) { test in
            let started = try await test.signUp("alice")
            var wishes = Self.wrongs.prefix(11).map { $0 }
            wishes[3] = Self.wrong("type") { $0.type = "webauthn.get" }
            wishes += [
                Self.wrong("ES512") { $0.claimedAlgorithm = -36 }, Self.wrong("Ed448") { $0.claimedAlgorithm = -53 },
                Self.wrong("another kind of key") { $0.claimedAlgorithm = -8 },
                Self.wrong("a long id") { $0.credentialID = [UInt8](repeating: 7, count: 1024) },
                Self.wrong("no id") { $0.credentialID = [] }, Self.wrong("not kept") { $0.isDiscoverable = false },
            ]
            for (name, wish) in wishes {
                let options = try await test.people.securityKeys.creationOptions(.passkey, session: started.session)
                await expectRefusal(.credentialInvalid, "\(name)") {
                    _ = try await test.people.securityKeys.register(
                        try SoftwareAuthenticator(.es256).create(options, wish), use: .passkey, name: "Key",
                        session: started.session, visitor: TestPeople.visitor())
                }
            }
            var long = Wish()
            long.credentialID = [UInt8](repeating: 7, count: 1023)
            let options = try await test.people.securityKeys.creationOptions(.passkey, session: started.session)
            _ = try await test.people.securityKeys.register(
                try SoftwareAuthenticator(.es256).create(options, long), use: .passkey, name: "Key",
                session: started.session, visitor: TestPeople.visitor())
        }
    }

    @Test("AUTHN-2.2 A credential is registered once, whoever asks", arguments: TestBackend.allCases)
    func registeredTwice(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            var wish = Wish()
            wish.credentialID = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
            for (name, isFirst) in [("alice", true), ("bob", false)] {
                let started = try await test.signUp(name)
                let options = try await test.people.securityKeys.creationOptions(.securityKey, session: started.session)
                let response = try SoftwareAuthenticator(.es256).create(options, wish)
                let outcome = try? await test.people.securityKeys.register(
                    response, use: .securityKey, name: "Key", session: started.session, visitor: TestPeople.visitor())
                #expect((outcome != nil) == isFirst)
            }
        }
    }

    @Test(
        "AUTHN-2.2 A challenge is answered once, within five minutes, by whom it was made for",
        arguments: TestBackend.allCases)
    func challenges(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let key = SoftwareAuthenticator(.es256)
            _ = try await test.addKey(key, .passkey, to: try await test.signUp("alice"))
            let options = test.people.signIn.passkeyOptions()
            let response = try key.get(options)
            _ = try await test.people.signIn.withPasskey(response, visitor: TestPeople.visitor())
            await expectRefusal(.credentialInvalid, "replayed") {
                _ = try await test.people.signIn.withPasskey(response, visitor: TestPeople.visitor())
            }
            await expectRefusal(.credentialInvalid, "replayed on another node") {
                _ = try await test.node.signIn.withPasskey(response, visitor: TestPeople.visitor())
            }
            let late = try key.get(test.people.signIn.passkeyOptions())
            test.clock.advance(bySeconds: 301)
            await expectRefusal(.signInFailed, "too late") {
                _ = try await test.people.signIn.withPasskey(late, visitor: TestPeople.visitor())
            }
            let pending = try await test.people.signIn.withPassword(
                name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
            await expectRefusal(.credentialInvalid, "a challenge for another purpose") {
                _ = try await test.people.signIn.withFactor(
                    .securityKey(try key.get(test.people.signIn.passkeyOptions())), session: pending.session,
                    visitor: TestPeople.visitor())
            }
            let other = try await test.people.signIn.withPassword(
                name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
            await expectRefusal(.credentialInvalid, "a challenge for another session") {
                _ = try await test.people.signIn.withFactor(
                    .securityKey(try key.get(try await test.people.signIn.securityKeyOptions(for: other.session))),
                    session: pending.session, visitor: TestPeople.visitor())
            }
        }
    }

    @Test("AUTHN-2.2 Of many answers to one challenge at once, one counts", arguments: TestBackend.allCases)
    func race(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let key = SoftwareAuthenticator(.es256)
            _ = try await test.addKey(key, .passkey, to: try await test.signUp("alice"))
            let response = try key.get(test.people.signIn.passkeyOptions())
            let count = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<6 {
                    let people = number.isMultiple(of: 2) ? test.people : test.node
                    group.addTask {
                        (try? await people.signIn.withPasskey(response, visitor: TestPeople.visitor())) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(count == 1)
        }
    }

    @Test("AUTHN-2.2 A counter that does not grow is refused, and its owner told", arguments: TestBackend.allCases)
    func counter(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let key = SoftwareAuthenticator(.es256)
            let started = try await test.addKey(key, .passkey, to: try await test.signUp("alice"))
            var copy = Wish()
            copy.signCount = 1
            await expectRefusal(.credentialInvalid) {
                _ = try await test.people.signIn.withPasskey(
                    try key.get(test.people.signIn.passkeyOptions(), copy), visitor: TestPeople.visitor())
            }
            #expect(try await test.history(started.session.user.id).contains(.factorSuspicious))
            var synced = Wish()
            synced.signCount = 0
            let passkey = SoftwareAuthenticator(.ed25519)
            let options = try await test.people.securityKeys.creationOptions(.passkey, session: started.session)
            _ = try await test.people.securityKeys.register(
                try passkey.create(options, synced), use: .passkey, name: "Synced", session: started.session,
                visitor: TestPeople.visitor())
            for _ in 0..<2 {
                _ = try await test.people.signIn.withPasskey(
                    try passkey.get(test.people.signIn.passkeyOptions(), synced), visitor: TestPeople.visitor())
            }
        }
    }

    @Test(
        "A security key does not sign in alone, and nobody else's is a second factor", arguments: TestBackend.allCases)
    func others(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let key = SoftwareAuthenticator(.es256)
            _ = try await test.addKey(key, .securityKey, to: try await test.signUp("alice"))
            await expectRefusal(.signInFailed) {
                _ = try await test.people.signIn.withPasskey(
                    try key.get(test.people.signIn.passkeyOptions()), visitor: TestPeople.visitor())
            }
            let own = SoftwareAuthenticator(.es256)
            _ = try await test.addKey(own, .securityKey, to: try await test.signUp("mallory"))
            let pending = try await test.people.signIn.withPassword(
                name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
            let options = try await test.people.signIn.securityKeyOptions(for: pending.session)
            await expectRefusal(.credentialInvalid) {
                _ = try await test.people.signIn.withFactor(
                    .securityKey(try own.get(options.setting("allowCredentials", to: []))), session: pending.session,
                    visitor: TestPeople.visitor())
            }
        }
    }

    @Test(
        "The origin and the relying party follow from the public address",
        arguments: [
            ("https://registry.example", "https://registry.example", "registry.example"),
            ("https://Registry.Example:443/sub", "https://registry.example", "registry.example"),
            ("https://registry.example:8443", "https://registry.example:8443", "registry.example"),
            ("http://localhost:8080", "http://localhost:8080", "localhost"),
            ("http://localhost:80/x/y", "http://localhost", "localhost"),
        ])
    func origins(address: String, origin: String, relyingParty: String) {
        #expect(Origin(address).text == origin && Origin(address).relyingParty == relyingParty)
    }
}
