import Blobs
import Foundation
import HallmarkTesting
import Outbound
import RegistryModel
import Testing

@Suite("Handing over mail", .timeLimit(.minutes(10)), .enabled(if: TestMailServer.isAvailable))
struct MailerTests {
    private static func mail(to recipient: String = "ada@example.org", id: Int64 = 77) -> Mail {
        Mail(
            id: id, recipient: recipient, kind: "token.created", subject: "Grüße aus Zürich",
            plain: "Hello\n.\n.hidden\nétude =\n", html: "<p>Hello</p>")
    }

    private func with<Value>(
        _ url: String, password: String? = nil, authorities: String? = nil, seconds: Int = 20,
        _ body: (SMTPMailer) async throws -> Value
    ) async throws -> Value {
        let pool = BlockingPool(name: "mail", threads: 2, capacity: 16)
        var settings = try #require(SMTPSettings(url))
        settings.password = password
        settings.authorities = authorities
        settings.helloName = "registry.example"
        settings.seconds = seconds
        let sender = try #require(MailSender("Hallmark <noreply@registry.example>"))
        let value = try await body(SMTPMailer(settings: settings, sender: sender, clock: ManualClock(), pool: pool))
        try await pool.shutdown()
        return value
    }

    private func fault(_ mailer: SMTPMailer, _ mail: Mail = mail()) async throws -> MailFault? {
        do {
            try await mailer.send(mail)
            return nil
        } catch let fault as MailFault {
            return fault
        }
    }

    private static func scheme(_ security: TestMailServer.Security) -> String {
        switch security {
        case .plain: "smtp+plain"
        case .startTLS: "smtp"
        case .tls: "smtps"
        }
    }

    @Test("A message arrives, signed in, protected as asked for", arguments: TestMailServer.Security.allCases)
    func arrives(security: TestMailServer.Security) async throws {
        let server = try await TestMailServer(
            security: security, authority: security == .plain ? nil : try TestAuthority(), user: "ada@example.org",
            password: "pass:wörd %40")
        let url = "\(Self.scheme(security))://ada%40example.org@localhost:\(server.port)"
        try await with(url, password: "pass:wörd %40", authorities: security == .plain ? nil : server.authorities) {
            try await $0.send(Self.mail())
        }
        let message = try #require(try server.messages.first)
        #expect(message.sender == "noreply@registry.example")
        #expect(message.recipients == ["ada@example.org"])
        #expect(message.isEncrypted == (security != .plain))
        #expect(message.user == "ada@example.org")
        #expect(message.hello == "registry.example")
        #expect(message.content.contains("Message-ID: <hallmark.77@registry.example>\r\n"))
        await server.stop()
    }

    @Test("What Python's email package reads is what was sent")
    func readByPython() async throws {
        let server = try await TestMailServer()
        try await with("smtp+plain://127.0.0.1:\(server.port)") { try await $0.send(Self.mail()) }
        let message = try #require(try server.messages.first)
        let script = """
            import email, email.policy, json, sys
            message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
            parts = [(part.get_content_type(), part.get_content()) for part in message.iter_parts()]
            print(json.dumps([message["subject"], message["from"], message["to"], message["auto-submitted"],
                message["date"], parts, [type(defect).__name__ for defect in message.defects]]))
            """
        let read = try JSONValue.parse(Array(try PythonOracle.run(script, input: message.content).utf8))
        let expected: JSONValue = [
            "Grüße aus Zürich", "Hallmark <noreply@registry.example>", "ada@example.org", "auto-generated",
            "Thu, 01 Jan 2026 00:00:00 +0000",
            [["text/plain", "Hello\r\n.\r\n.hidden\r\nétude =\r\n"], ["text/html", "<p>Hello</p>"]], [],
        ]
        #expect(read == expected)
        await server.stop()
    }

    @Test("Who is refused for good, and what may be tried again")
    func refusals() async throws {
        let server = try await TestMailServer()
        try await with("smtp+plain://127.0.0.1:\(server.port)", seconds: 2) { mailer in
            for name in ["refused", "spam"] {
                guard case .refused(let reason) = try await fault(mailer, Self.mail(to: "\(name)@example.org")) else {
                    Issue.record("\(name) was not refused")
                    continue
                }
                #expect(!reason.contains("example.org"))
            }
            for name in ["busy", "dies", "slow"] {
                guard case .unavailable = try await fault(mailer, Self.mail(to: "\(name)@example.org")) else {
                    Issue.record("\(name) was taken or refused for good")
                    continue
                }
            }
        }
        await server.stop()
        try await with("smtp+plain://127.0.0.1:\(server.port)") { mailer in
            guard case .unavailable = try await fault(mailer) else {
                Issue.record("a message was taken by nobody")
                return
            }
        }
    }

    @Test("Nothing is sent to a server that does not prove who it is, or speaks in the clear")
    func unprotected() async throws {
        func expectUnavailable(_ url: String, authorities: String? = nil, password: String? = nil) async throws {
            let fault = try await with(url, password: password, authorities: authorities, seconds: 10) { mailer in
                try await self.fault(mailer)
            }
            guard case .unavailable = fault else {
                Issue.record("\(url): \(String(describing: fault))")
                return
            }
        }
        // No STARTTLS is offered.
        let plain = try await TestMailServer()
        try await expectUnavailable("smtp://127.0.0.1:\(plain.port)")
        #expect(try plain.messages.isEmpty)
        // The certificate is nobody's, is of another name, is over.
        for authority in [try TestAuthority(), try TestAuthority(isExpired: true)] {
            for security in [TestMailServer.Security.startTLS, .tls] {
                let server = try await TestMailServer(security: security, authority: authority)
                try await expectUnavailable("\(Self.scheme(security))://127.0.0.1:\(server.port)")
                #expect(try server.messages.isEmpty)
                await server.stop()
            }
        }
        // A wrong password is for the operator to put right.
        let guarded = try await TestMailServer(user: "ada", password: "right")
        try await expectUnavailable("smtp+plain://ada@127.0.0.1:\(guarded.port)", password: "wrong")
        try await expectUnavailable("smtp+plain://127.0.0.1:\(guarded.port)")
        #expect(try guarded.messages.isEmpty)
        await plain.stop()
        await guarded.stop()
    }
}

@Suite("Messages")
struct MailMessageTests {
    @Test(
        "Addresses of servers",
        arguments: [
            ("smtp://mail.example", SMTPSettings.Security.startTLS, 587, String?.none),
            ("smtps://mail.example", .tls, 465, nil), ("smtp://bot@mail.example:2525", .startTLS, 2525, "bot"),
            ("smtps://a%40b.example@mail.example", .tls, 465, "a@b.example"),
            ("smtp+plain://localhost", .none, 25, nil),
        ])
    func settings(text: String, security: SMTPSettings.Security, port: Int, user: String?) throws {
        let settings = try #require(SMTPSettings(text))
        #expect(settings.security == security)
        #expect(settings.port == port)
        #expect(settings.user == user)
    }

    @Test(
        "What is no address of a server",
        arguments: [
            "mail.example", "http://mail.example", "smtp://", "smtp://user:password@mail.example",
            "smtp://mail.example/path", "smtp+plain://mail.example", "smtp://@mail.example", "smtp://mail.example:0",
            "smtp://a b@mail.example",
        ])
    func notSettings(text: String) {
        #expect(SMTPSettings(text) == nil)
    }

    @Test(
        "Senders",
        arguments: [
            ("a@example.org", true), ("Hallmark <a@example.org>", true), ("Zürich <a@example.org>", true),
            ("Hallmark", false), ("Hallmark <a@example.org", false), ("a@example.org\r\nBcc: x@example.org", false),
            ("X\r\nBcc: <a@example.org>", false), ("<a@example.org> x", false),
        ])
    func senders(text: String, isOne: Bool) {
        #expect((MailSender(text) != nil) == isOne)
    }

    @Test(
        "Addresses that mail is sent to",
        arguments: [
            ("ada@example.org", true), ("a.b+c@sub.example.org", true), ("o'neil@example.org", true),
            ("ada@example.org\r\nRCPT TO:<x@example.org>", false), ("ada@example.org>", false),
            ("\"a b\"@example.org", false), ("ada@[127.0.0.1]", false), ("ada", false), ("@example.org", false),
            ("ada@", false), ("a..b@example.org", false), ("ädä@example.org", false), ("ada@@example.org", false),
            ("a,b@example.org", false), ("ada@example.org,x@example.org", false), ("a b@example.org", false),
            ("\(String(repeating: "a", count: 65))@example.org", false),
        ])
    func recipients(text: String, isOne: Bool) {
        #expect(MailAddress.isDeliverable(text) == isOne)
    }

    @Test("The file mailer writes a file that only the owner may read")
    func file() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path(percentEncoded: false)
        let sender = try #require(MailSender("a@example.org"))
        let mailer = FileMailer(folder: path, sender: sender, clock: ManualClock(), pool: TestWorkPool())
        let mail = Mail(
            id: 5, recipient: "ada@example.org", kind: "x", subject: "Short", plain: "one\ntwo", html: "")
        try await mailer.send(mail)
        try await mailer.send(mail)
        let text = try String(contentsOfFile: path + "/5.eml", encoding: .utf8)
        #expect(text.contains("\r\nSubject: Short\r\n"))
        #expect(text.hasSuffix("\r\n\r\none\r\ntwo\r\n"))
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "/5.eml")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["5.eml"])
        for bad in ["ada@example.org\r\nBcc: x@example.org", "nobody"] {
            await #expect(throws: MailFault.refused("no address that mail can be sent to")) {
                try await mailer.send(
                    Mail(id: 6, recipient: bad, kind: "x", subject: "Short", plain: "", html: ""))
            }
        }
        await #expect(throws: MailFault.refused("the subject has a control character")) {
            try await mailer.send(
                Mail(
                    id: 6, recipient: "ada@example.org", kind: "x", subject: "a\r\nBcc: x@example.org", plain: "",
                    html: ""))
        }
    }

    @Test("Hostile texts stay texts, and lines stay short, as Python reads them", arguments: 0..<40)
    func readByPython(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let alphabet: [String] = [
            "a", "=", ".", " ", "\t", "\n", "é", "漢", "🏴‍☠️", "=?", "?=", "\u{7F}", "\u{85}", "--=_hallmark_6", "\r",
            "<", "\"", "From ", "a long word ",
        ]
        func text(_ count: Int) -> String {
            (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }.joined()
        }
        let subject = text(60).filter {
            $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
        }
        let plain = text(300)
        let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path(percentEncoded: false)
        let sender = try #require(MailSender("Zürich, the \"registry\" of many <a@example.org>"))
        let mailer = FileMailer(folder: path, sender: sender, clock: ManualClock(), pool: TestWorkPool())
        try await mailer.send(
            Mail(id: 6, recipient: "ada@example.org", kind: "x", subject: subject, plain: plain, html: plain))
        let script = """
            import email, email.policy, json, quopri, sys
            data = open(sys.stdin.read(), "rb").read()
            assert all(len(line) <= 78 and line.isascii() for line in data.split(b"\\r\\n")), "long lines"
            message = email.message_from_bytes(data, policy=email.policy.default)
            parts = list(message.iter_parts())
            texts = [quopri.decodestring(part.get_payload().encode()).decode() for part in parts]
            print(json.dumps([message["subject"], message["from"].addresses[0].display_name, texts]))
            """
        let read = try JSONValue.parse(Array(try PythonOracle.run(script, input: path + "/6.eml").utf8))
        #expect(read[0].stringValue == subject)
        #expect(read[1].stringValue == "Zürich, the \"registry\" of many")
        // Lines end with CRLF on the wire; what Python gives back has them so.
        let lines = Array(plain.replacing("\r\n", with: "\n").utf8).split(
            separator: 0x0A, omittingEmptySubsequences: false)
        let expected = String(decoding: Array(lines.joined(separator: [0x0D, 0x0A])), as: UTF8.self)
        #expect(read[2].arrayValue?.map(\.stringValue) == [expected, expected])
    }
}

extension JSONValue {
    fileprivate subscript(_ index: Int) -> JSONValue { arrayValue?[index] ?? .null }
}
