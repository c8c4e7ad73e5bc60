import Accounts
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

@Suite("The words of messages", .timeLimit(.minutes(10)))
struct NoticeTextTests {
    private static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='x", "&lt;b&gt;",
        "a\r\nBcc: x@example.org",
        "a\n\nClick: https://evil.example/", "\u{202E}txt.exe", "https://evil.example/?a=b&c=d", "\u{1}\u{1B}[31m",
        String(repeating: "x", count: 5_000), "a\u{2028}b", "{{{name}}}",
    ]

    /// Everything that is sent when `post` runs, by kind: messages are handed over side by side.
    private func messages(_ post: @escaping @Sendable (Notices, Int64, any SQLConnection) throws -> Void) async throws
        -> [Mail]
    {
        let mailer = TestMailer()
        try await withMailDesk(.sqlite) { desk in
            let ada = try await desk.account("ada", addresses: ["ada@example.org"])
            let notices = desk.core.notices
            try await desk.driver.write { try post(notices, ada, $0) }
            _ = try await desk.queue(mailer).drain()
        }
        return mailer.sent.sorted { $0.kind < $1.kind }
    }

    @Test("AUTHN-1.4 Every kind has words of its own, in both forms, and says what to do")
    func everyKind() async throws {
        let sent = try await messages { notices, ada, connection in
            for kind in Notice.Kind.allCases {
                try notices.post(
                    Notice(
                        kind, ["project": "npm lantern"],
                        origin: NoticeOrigin(network: "192.0.2.0/24", agent: "Firefox")),
                    to: ada, on: connection)
            }
        }
        #expect(sent.count == Notice.Kind.allCases.count)
        #expect(Set(sent.map(\.subject)).count == sent.count)
        for mail in sent {
            for part in [mail.plain, mail.html] {
                #expect(part.contains("ada"))
                #expect(part.contains("npm lantern"))
                #expect(part.contains("192.0.2.0/24"))
                #expect(part.contains("Firefox"))
                #expect(part.contains("2026-01-01 00:00:00 UTC"))
                #expect(part.contains("https://registry.example/account"))
            }
        }
        let change = try #require(sent.first { $0.kind == "password.changed" })
        #expect(change.plain.contains("If it was not you"))
    }

    @Test("Every link has words of its own")
    func everyLink() async throws {
        let sent = try await messages { notices, ada, connection in
            for purpose in LinkMail.Purpose.allCases {
                try notices.send(
                    LinkMail(
                        purpose, link: "https://registry.example/x?a=b&c=d",
                        expiresAt: Timestamp(seconds: 1_767_312_000),
                        userName: "ada", by: "grace"),
                    to: "ada@example.org", userID: ada, on: connection)
            }
        }
        #expect(sent.count == LinkMail.Purpose.allCases.count)
        #expect(Set(sent.map(\.subject)).count == sent.count)
        for mail in sent {
            #expect(mail.plain.contains("\nhttps://registry.example/x?a=b&c=d\n"))
            #expect(mail.html.contains("<a href=\"https://registry.example/x?a=b&amp;c=d\">"))
            #expect(mail.plain.contains("grace"))
            #expect(mail.plain.contains("2026-01-02 00:00:00 UTC") == (mail.kind != "link.account-exists"))
        }
    }

    @Test("AUTHN-1.4 What a stranger chose stays a text on its line", arguments: hostile)
    func hostileValues(value: String) async throws {
        let sent = try await messages { notices, ada, connection in
            try notices.post(
                Notice(.tokenCreated, ["name": value], origin: NoticeOrigin(network: value, agent: value)),
                to: ada, on: connection)
            try notices.send(
                LinkMail(
                    .invitation, link: "https://registry.example/x", expiresAt: Timestamp(seconds: 0), userName: value,
                    by: value, origin: NoticeOrigin(network: value, agent: value)),
                to: "ada@example.org", userID: ada, on: connection)
        }
        #expect(sent.count == 2)
        let benign = try await messages { notices, ada, connection in
            try notices.post(
                Notice(.tokenCreated, ["name": "x"], origin: NoticeOrigin(network: "x", agent: "x")), to: ada,
                on: connection)
            try notices.send(
                LinkMail(
                    .invitation, link: "https://registry.example/x", expiresAt: Timestamp(seconds: 0), userName: "x",
                    by: "x", origin: NoticeOrigin(network: "x", agent: "x")),
                to: "ada@example.org", userID: ada, on: connection)
        }
        for (mail, plain) in zip(sent, benign) {
            // As many lines, and as much markup, as with a harmless value; no address but our own.
            #expect(Self.count("\n", mail.plain) == Self.count("\n", plain.plain))
            for mark: Unicode.Scalar in ["<", ">", "\"", "'", "\n"] {
                #expect(Self.count(mark, mail.html) == Self.count(mark, plain.html))
            }
            for part in [mail.plain, mail.html] {
                #expect(!part.contains("://evil"))
                #expect(part.utf8.count < 6_000)
                let isQuiet = part.unicodeScalars.allSatisfy { scalar in
                    scalar == "\n" || scalar == "\u{2060}"
                        || ![.control, .format, .lineSeparator].contains(scalar.properties.generalCategory)
                }
                #expect(isQuiet)
            }
            #expect(mail.subject == plain.subject)
        }
    }

    private static func count(_ mark: Unicode.Scalar, _ text: String) -> Int {
        text.unicodeScalars.count { $0 == mark }
    }
}
