import Foundation
import HallmarkTesting
import RegistryModel
import Testing

/// What browser tests do again and again: read the mail, make accounts, sign in.
struct BrowserPeople: Sendable {
    let browser: Browser
    let server: ServerProcess

    /// A password that is in no list.
    static let password = "several words that nobody else put together"

    // MARK: Mail

    /// The plain text of every message to an address, the oldest first.
    private func mails(to address: String) async throws -> [String] {
        let script = """
            import sys, email, email.policy, pathlib
            for path in sorted(pathlib.Path(sys.argv[1]).glob("*.eml"), key=lambda path: int(path.stem)):
                message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                if sys.argv[2] in str(message["to"]):
                    print(message["subject"], message.get_body(("plain",)).get_content(), sep="\\n", end="\\0")
            """
        let result = try await SystemPython.run(["-c", script, server.mailFolder, address])
        return result.output.split(separator: "\0").map(String.init)
    }

    /// The newest link below a path that was mailed to an address; waits for it.
    func link(_ path: String, mailedTo address: String) async throws -> String {
        try await waitFor("\(path) mailed to \(address)", every: .milliseconds(100)) {
            for mail in try await mails(to: address).reversed() {
                let words = mail.split { $0.isWhitespace || $0 == "<" || $0 == ">" }
                if let link = words.last(where: { $0.hasPrefix(server.url + path) }) { return String(link) }
            }
            return nil
        }
    }

    // MARK: Accounts

    /// Opens a page of the server.
    func open(_ path: String) async throws { try await browser.open(server.url + path) }

    /// Makes an account by an invitation, and leaves the browser signed in.
    ///
    /// The operator hands the link over, or mails it.
    func signUp(_ name: String, byMail: Bool = false, isAdministrator: Bool = false) async throws {
        let address = "\(name)@example.org"
        let flags = isAdministrator ? ["--administrator"] : []
        let invited = try await server.admin(["user", "invite", address] + flags).checked().output
        let shown = String(try #require(invited.firstMatch(of: /http\S+\/signup\/\S+/)).output)
        let link = byMail ? try await self.link("/signup/", mailedTo: address) : shown
        #expect(link == shown)
        try await complete(link, as: name)
    }

    /// Follows a link to make an account, and leaves the browser signed in.
    func complete(_ link: String, as name: String, address: String? = nil) async throws {
        try await browser.open(link)
        try await browser.fill("[name=name]", name)
        if let address { try await browser.fill("[name=address]", address) }
        try await browser.fill("[name=password]", Self.password)
        try await browser.click("form[action='/signup/complete'] button")
        try await browser.waitFor("Your account is ready")
    }

    /// Signs in with the password alone.
    func signIn(_ name: String, password: String = Self.password) async throws {
        try await open("/login")
        try await browser.fill("[name=name]", name)
        try await browser.fill("[name=password]", password)
        try await browser.click("form[action='/login'] button")
    }

    /// Signs out.
    func signOut() async throws {
        try await open("/logout")
        try await browser.click("form[action='/logout'] button")
        try await browser.waitFor("You are signed out")
    }

    /// Adds a code generator to the account that is signed in; gives what the phone would have.
    func addCodeGenerator() async throws -> CodeGenerator {
        try await open("/account/factors/app")
        try await browser.click("form[action='/account/factors/app'] button")
        try await browser.waitFor("Scan it with your app")
        let seed = try await browser.text(of: "code[id$=secret]")
        let generator = try #require(CodeGenerator(base32: seed), "no seed: \(seed)")
        try await browser.fill("[name=code]", generator.code())
        try await browser.click("form[action^='/account/factors/app/'] button")
        try await browser.waitFor("It was added")
        return generator
    }

    /// Adds a key of the virtual authenticator to the account that is signed in.
    func addKey(_ kind: Browser.Authenticator) async throws {
        let use = kind == .passkey ? "passkey" : "security-key"
        try await open("/account/factors/keys/\(use)")
        try await browser.fill("[name=name]", kind == .passkey ? "Laptop" : "Key on my ring")
        try await browser.click("form[data-webauthn=create] button")
        try await browser.waitFor("It was added")
    }

    /// Makes a token for publishing in the page; gives its text.
    func makeToken(named name: String) async throws -> String {
        try await open("/account/tokens/new")
        try await browser.fill("[name=name]", name)
        try await browser.click("form[action='/account/tokens/new'] button")
        try await browser.waitFor("never again")
        return try await browser.text(of: "code[id$=secret]")
    }

    /// Sends the form with an action, after filling fields in.
    func send(_ action: String, _ fields: [(name: String, value: String)] = []) async throws {
        for field in fields { try await browser.fill("form[action='\(action)'] [name=\(field.name)]", field.value) }
        try await browser.click("form[action='\(action)'] button")
    }

    // MARK: Looks

    /// Where screenshots go, where that is asked for.
    private static let folder = ProcessInfo.processInfo.environment["HALLMARK_SCREENSHOTS"].map { URL(filePath: $0) }

    /// Looks at the page as it is: nothing serious is wrong for people who cannot see or point, in either theme; writes
    /// pictures of both themes at two widths where they are asked for.
    func look(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for (isDark, theme) in [(false, "light"), (true, "dark")] {
            // Pictures need every width in every theme; what is too wide is so in both.
            for width in Self.folder == nil && isDark ? [1280] : [360, 1280] {
                try await browser.look(width: width, isDark: isDark)
                let isWide = try await browser.run("return document.documentElement.scrollWidth > window.innerWidth")
                #expect(isWide.boolValue == false, "\(name) is wider than \(width)", sourceLocation: sourceLocation)
                if let folder = Self.folder {
                    try await browser.screenshot(to: folder.appending(path: "\(name)-\(width)-\(theme).png"))
                }
            }
            guard Browser.hasAxe else { continue }
            let faults = try await browser.accessibilityFaults()
            #expect(faults.isEmpty, "\(name), \(theme)", sourceLocation: sourceLocation)
        }
        try await browser.look(width: 1280, isDark: false)
    }
}

extension ServerProcess {
    /// Where its mails go, in the servers of browser tests.
    var mailFolder: String { data.appending(path: "mail").path(percentEncoded: false) }
}

extension RunningServer {
    /// Runs `body` with a browser of its own at the suite's server, or at another one.
    static func browse(
        at other: ServerProcess? = nil, _ body: (BrowserPeople, Browser) async throws -> Void
    ) async throws {
        let server = try other ?? current
        try await Browser.with { browser in
            try await body(BrowserPeople(browser: browser, server: server), browser)
        }
    }
}
