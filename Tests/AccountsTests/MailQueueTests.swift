import Accounts
import Blobs
import HallmarkTesting
import Outbound
import Persistence
import RegistryModel
import Testing

@Suite("The queue of messages", .timeLimit(.minutes(10)))
struct MailQueueTests {
    @Test("AUTHN-1.4 Every confirmed address is told, once", arguments: TestBackend.available)
    func everyAddress(backend: TestBackend) async throws {
        try await withMailDesk(backend) { desk in
            let ada = try await desk.account("ada", addresses: ["ada@example.org", "ada@example.net"])
            try await desk.post(Notice(.passwordChanged), to: ada)
            let mailer = TestMailer()
            let queue = desk.queue(mailer)
            #expect(try await queue.backlog().waiting == 2)
            #expect(try await queue.drain() == MailQueue.Round.of(sent: 2))
            #expect(Set(mailer.sent.map(\.recipient)) == ["ada@example.org", "ada@example.net"])
            #expect(
                mailer.sent.allSatisfy { $0.subject == "Your password was changed" && $0.kind == "password.changed" })
            #expect(try await queue.drain() == MailQueue.Round())
            #expect(try await queue.backlog() == MailBacklog())
        }
    }

    @Test("What a message says is sealed while it waits", arguments: TestBackend.available)
    func sealed(backend: TestBackend) async throws {
        try await withMailDesk(backend) { desk in
            let notices = desk.core.notices
            let mail = LinkMail(
                .resetPassword, link: "https://registry.example/reset/SECRET", expiresAt: desk.clock.now())
            try await desk.driver.write { try notices.send(mail, to: "ada@example.org", userID: nil, on: $0) }
            let row = try #require(try await desk.driver.read { try $0.query("SELECT * FROM mails").first?.values })
            for value in row {
                if case .text(let text) = value { #expect(!text.contains("SECRET")) }
                if case .blob(let bytes) = value { #expect(!String(decoding: bytes, as: UTF8.self).contains("SECRET")) }
            }
            let mailer = TestMailer()
            _ = try await desk.queue(mailer).drain()
            #expect(mailer.sent.first?.plain.contains("https://registry.example/reset/SECRET\n") == true)
        }
    }

    @Test("A server that is down delays messages, longer each time, for three days", arguments: TestBackend.available)
    func down(backend: TestBackend) async throws {
        try await withMailDesk(backend) { desk in
            let ada = try await desk.account("ada", addresses: ["ada@example.org"])
            try await desk.post(Notice(.passwordChanged), to: ada)
            let mailer = TestMailer()
            mailer.set { _ in .unavailable("nobody there") }
            let queue = desk.queue(mailer)
            for pause: Int64 in [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600] {
                #expect(try await queue.drain() == MailQueue.Round.of(delayed: 1))
                desk.clock.advance(bySeconds: pause - 1)
                #expect(try await queue.drain() == MailQueue.Round())
                desk.clock.advance(bySeconds: 1)
            }
            desk.clock.advance(bySeconds: MailQueue.patienceSeconds)
            #expect(try await queue.drain() == MailQueue.Round.of(refused: 1))
            #expect(try await queue.backlog() == MailBacklog(refused: 1))
            desk.clock.advance(bySeconds: 31 * 86_400)
            #expect(try await queue.expire() == 0)
            #expect(try await queue.backlog() == MailBacklog())
        }
    }

    @Test("One message that is refused holds up no other, and its text goes", arguments: TestBackend.available)
    func refused(backend: TestBackend) async throws {
        try await withMailDesk(backend) { desk in
            let ada = try await desk.account("ada", addresses: ["gone@example.org", "ada@example.org"])
            try await desk.post(Notice(.passwordChanged), to: ada)
            let mailer = TestMailer()
            mailer.set { $0.recipient == "gone@example.org" ? .refused("550 gone@example.org is gone") : nil }
            let queue = desk.queue(mailer)
            #expect(try await queue.drain() == MailQueue.Round.of(sent: 1, refused: 1))
            let row = try #require(try await desk.driver.read { try $0.query("SELECT * FROM mails").first })
            #expect(try row.text("state") == "refused")
            #expect(try row.text("last_error") == "550 the recipient is gone")
            #expect(try row.text("recipient").isEmpty)
            #expect(try row.bytes("sealed_content").isEmpty)
            desk.clock.advance(bySeconds: 86_400)
            #expect(try await queue.drain() == MailQueue.Round())
            #expect(mailer.attempts == 2)
        }
    }

    @Test("Several nodes send each message once", arguments: TestBackend.available)
    func nodes(backend: TestBackend) async throws {
        try await withMailDesk(backend) { desk in
            let addresses = (0..<10).map { "ada\($0)@example.org" }
            let ada = try await desk.account("ada", addresses: addresses)
            for _ in 0..<5 { try await desk.post(Notice(.passwordChanged), to: ada) }
            let mailer = TestMailer()
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 { group.addTask { _ = try await desk.queue(mailer).drain() } }
                try await group.waitForAll()
            }
            #expect(mailer.sent.count == 50)
            #expect(Set(mailer.sent.map(\.id)).count == 50)
        }
    }

    @Test("What a process took and did not finish is sent by another", arguments: TestBackend.available)
    func restart(backend: TestBackend) async throws {
        try await withMailDesk(backend) { desk in
            let ada = try await desk.account("ada", addresses: ["ada@example.org"])
            try await desk.post(Notice(.passwordChanged), to: ada)
            let now = desk.clock.now()
            // As a process does that dies afterwards.
            let taken = try await desk.driver.write {
                try MailStore($0).take(4, at: now, until: now.advanced(bySeconds: MailQueue.leaseSeconds))
            }
            #expect(taken.count == 1)
            let mailer = TestMailer()
            #expect(try await desk.queue(mailer).drain() == MailQueue.Round())
            desk.clock.advance(bySeconds: MailQueue.leaseSeconds)
            #expect(try await desk.queue(mailer).drain() == MailQueue.Round.of(sent: 1))
            #expect(mailer.sent.map(\.id) == taken.map(\.id))
        }
    }

    @Test("Without a mail server messages wait for three days", arguments: TestBackend.available)
    func unconfigured(backend: TestBackend) async throws {
        try await withMailDesk(backend) { desk in
            let ada = try await desk.account("ada", addresses: ["ada@example.org"])
            try await desk.post(Notice(.passwordChanged), to: ada)
            let queue = desk.queue(nil)
            #expect(!queue.isConfigured)
            #expect(try await queue.drain() == MailQueue.Round())
            #expect(try await queue.expire() == 0)
            #expect(try await queue.backlog() == MailBacklog(waiting: 1, oldest: desk.clock.now()))
            desk.clock.advance(bySeconds: MailQueue.patienceSeconds + 1)
            #expect(try await queue.expire() == 1)
            #expect(try await queue.backlog() == MailBacklog(refused: 1))
        }
    }

    @Test(
        "AUTHN-1.4 Through a real server that dies in the middle and comes back", arguments: TestBackend.available)
    func realServer(backend: TestBackend) async throws {
        guard TestMailServer.isAvailable else { return }
        try await withMailDesk(backend) { desk in
            let ada = try await desk.account("ada", addresses: ["dies@example.org", "refused@example.org"])
            try await desk.post(Notice(.passwordChanged), to: ada)
            let server = try await TestMailServer()
            let pool = BlockingPool(name: "mail", threads: 2, capacity: 16)
            let settings = try #require(SMTPSettings("smtp+plain://127.0.0.1:\(server.port)"))
            let sender = try #require(MailSender("noreply@registry.example"))
            let mailer = SMTPMailer(settings: settings, sender: sender, clock: desk.clock, pool: pool)
            let queue = desk.queue(mailer)
            #expect(try await queue.drain() == MailQueue.Round.of(refused: 1, delayed: 1))
            await server.stop()
            desk.clock.advance(bySeconds: 30)
            #expect(try await queue.drain() == MailQueue.Round.of(delayed: 1))
            let second = try await TestMailServer(port: server.port)
            desk.clock.advance(bySeconds: 60)
            _ = try await queue.drain()
            // It was taken over twice by a server that could not say so: at least once, with one identifier.
            let first = try #require(try server.messages.first?.content)
            let again = try #require(try second.messages.first?.content)
            func identifier(_ text: String) -> Substring? {
                text.split(separator: "\r\n").first { $0.hasPrefix("Message-ID:") }
            }
            #expect(identifier(first) != nil)
            #expect(identifier(first) == identifier(again))
            await second.stop()
            try await pool.shutdown()
        }
    }
}

extension MailQueue.Round {
    /// A round that came to that.
    static func of(sent: Int = 0, refused: Int = 0, delayed: Int = 0) -> MailQueue.Round {
        var round = MailQueue.Round()
        round.sent = sent
        round.refused = refused
        round.delayed = delayed
        return round
    }
}
