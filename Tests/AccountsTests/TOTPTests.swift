import Accounts
import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Code generators", .timeLimit(.minutes(10)))
struct TOTPTests {
    /// The shared vectors, where they lie beside the checkout.
    static let vectors: JSONValue? = {
        let path = URL(fileURLWithPath: #filePath)
            .appendingPathComponent("../../../../shared/vectors/totp/rfc6238-rfc4226.json").standardizedFileURL.path
        return FileManager.default.contents(atPath: path).flatMap { try? JSONValue.parse(Array($0)) }
    }()

    @Test("AUTHN-1.3 The codes of RFC 6238, Appendix B")
    func appendix() {
        let seed = Array("12345678901234567890".utf8)
        let expected: [(Int64, String)] = [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ]
        for (time, code) in expected {
            let step = TOTPCode.step(at: Timestamp(seconds: time))
            #expect(TOTPCode.code(seed: seed, step: step, digits: 8) == code)
            #expect(TOTPCode.code(seed: seed, step: step) == String(code.suffix(6)))
        }
    }

    @Test("AUTHN-1.3 The shared vectors of RFC 6238", .enabled(if: vectors != nil, "the shared vectors are not here"))
    func shared() throws {
        let document = try #require(Self.vectors?["rfc6238"])
        let seed = Array(try #require(document["secrets_ascii"]?["SHA1"]?.stringValue).utf8)
        let cases = try #require(document["cases"]?.arrayValue)
        #expect(cases.count >= 6)
        for item in cases {
            let time = try #require(item["time"]?.integerValue)
            let code = try #require(item["SHA1"]?.stringValue)
            #expect(TOTPCode.code(seed: seed, step: time / 30, digits: 8) == code)
        }
    }

    @Test(
        "What counts as a code",
        arguments: [
            ("123456", "123456"), ("123 456", "123456"), (" 1-2 3\t456\n", "123456"), ("１２３４５６", "123456"),
            ("123\u{3000}456", "123456"), ("12345", nil), ("1234567", nil), ("12345a", nil), ("", nil),
            ("١٢٣٤٥٦", nil), ("123456\u{0}", nil),
        ])
    func spellings(typed: String, digits: String?) {
        #expect(TOTPCode.digits(typed) == digits)
    }

    @Test("AUTHN-1.3 Set up with a code, and asked for at the next sign-in", arguments: TestBackend.allCases)
    func enrolment(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let started = try await test.signUp("alice")
            let enrolment = try await test.people.totp.begin(name: "Phone", session: started.session)
            #expect(enrolment.address.hasPrefix("otpauth://totp/registry.example:alice?secret="))
            #expect(enrolment.address.contains("issuer=registry.example"))
            #expect(enrolment.text.filter { $0 != " " }.count == 32)
            #expect(enrolment.picture.hasPrefix("<svg ") && enrolment.picture.hasSuffix("</svg>"))
            let again = try await test.people.totp.enrolment(enrolment.id, session: started.session)
            #expect(again.address == enrolment.address)
            #expect(
                try await test.people.own.standing(of: #require(started.session.principal)).hasSecondFactor == false)
            await expectRefusal(.codeInvalid) {
                _ = try await test.people.totp.confirm(
                    enrolment.id, code: "000000", session: started.session, visitor: TestPeople.visitor())
            }
            let (next, generator) = try await test.addTOTP(started)
            #expect(next.secret != started.secret, "the session may do more, so its secret changes")
            #expect(try await test.people.sessions.find(secret: started.secret) == nil)
            #expect(next.session.record.factors == Factors([.password, .totp]))
            #expect(try await test.history(next.session.user.id).contains(.factorAdded))

            let pending = try await test.people.signIn.withPassword(
                name: "alice", password: TestPeople.password, visitor: TestPeople.visitor())
            #expect(pending.next == .secondFactor([.totp]))
            #expect(pending.session.principal == nil, "a pending session may do nothing")
            await expectRefusal(.codeInvalid, "the code that confirmed it was used") {
                _ = try await test.people.signIn.withFactor(
                    .totp(generator.code()), session: pending.session, visitor: TestPeople.visitor())
            }
            test.clock.advance(bySeconds: 30)
            let done = try await test.people.signIn.withFactor(
                .totp(generator.code()), session: pending.session, visitor: TestPeople.visitor())
            #expect(done.next == .nothing && done.session.principal?.factors.isMultiple == true)
        }
    }

    @Test(
        "AUTHN-1.3 A used code is refused in every spelling, also within the tolerance", arguments: TestBackend.allCases
    )
    func singleUse(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let (started, generator) = try await test.addTOTP(try await test.signUp("alice"))
            test.clock.advance(bySeconds: 60)
            let code = generator.code()
            let done = try await test.people.signIn.withFactor(
                .totp(code), session: started.session, visitor: TestPeople.visitor())
            let wide = String(
                code.unicodeScalars.map { Character(UnicodeScalar($0.value - 0x30 + 0xFF10) ?? $0) })
            for spelling in [code, "\(code.prefix(3)) \(code.suffix(3))", "\(code.prefix(3))-\(code.suffix(3))", wide] {
                await expectRefusal(.codeInvalid, "\(spelling)") {
                    _ = try await test.people.signIn.withFactor(
                        .totp(spelling), session: done.session,
                        visitor: TestPeople.visitor("198.51.100.\(spelling.utf8.count)"))
                }
            }
            await expectRefusal(.codeInvalid, "an earlier step") {
                _ = try await test.people.signIn.withFactor(
                    .totp(generator.code(steps: -1)), session: done.session, visitor: TestPeople.visitor())
            }
        }
    }

    @Test("AUTHN-1.3 A clock that is one step off is good, two steps are not", arguments: [-2, -1, 1, 2] as [Int64])
    func tolerance(steps: Int64) async throws {
        try await withPeople(.sqlite) { test in
            let (started, generator) = try await test.addTOTP(try await test.signUp("alice"))
            test.clock.advance(bySeconds: 300)
            let outcome = try? await test.people.signIn.withFactor(
                .totp(generator.code(steps: steps)), session: started.session, visitor: TestPeople.visitor())
            #expect((outcome != nil) == (abs(steps) == 1))
        }
    }

    @Test("AUTHN-1.3 Of many that use one code at once, on two nodes, one gets in", arguments: TestBackend.allCases)
    func race(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let (_, generator) = try await test.addTOTP(try await test.signUp("alice"))
            test.clock.advance(bySeconds: 60)
            var pending: [StartedSession] = []
            for number in 0..<4 {
                pending.append(
                    try await test.people.signIn.withPassword(
                        name: "alice", password: TestPeople.password, visitor: TestPeople.visitor("203.0.\(number).1")))
            }
            let code = generator.code()
            let codes = await withTaskGroup(of: Problem.Code?.self) { group in
                for (number, started) in pending.enumerated() {
                    let people = number.isMultiple(of: 2) ? test.people : test.node
                    group.addTask {
                        do {
                            _ = try await people.signIn.withFactor(
                                .totp(code), session: started.session, visitor: TestPeople.visitor("203.0.\(number).1"))
                            return nil
                        } catch {
                            return (error as? Problem)?.code ?? .internalError
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.filter { $0 == nil }.count == 1)
            #expect(codes.filter { $0 == .codeInvalid }.count == 3)
        }
    }

    @Test("AUTHN-3.2 The last second factor stays where the policy asks for one", arguments: TestBackend.allCases)
    func removal(backend: TestBackend) async throws {
        try await withPeople(backend) { test in
            let (started, _) = try await test.addTOTP(try await test.signUp("alice"))
            let principal = try #require(started.session.principal)
            let first = try #require(try await test.people.totp.list(of: principal).first)
            await expectRefusal(.conflict) {
                try await test.people.totp.remove(first.id, session: started.session, visitor: TestPeople.visitor())
            }
            test.clock.advance(bySeconds: 60)
            let (next, _) = try await test.addTOTP(started)
            try await test.people.totp.remove(first.id, session: next.session, visitor: TestPeople.visitor())
            #expect(try await test.people.totp.list(of: principal).count == 1)
            #expect(try await test.history(principal.userID).contains(.factorRemoved))
        }
    }
}
