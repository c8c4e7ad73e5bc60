import Foundation
import HallmarkTesting
import Testing

@Suite(
    "Accounts in a browser", .enabled(if: Browser.isAvailable, "needs chromium and chromedriver"), .browserServer,
    .serialized,
    .timeLimit(.minutes(10)))
struct BrowserAccountTests {
    @Test("AUTHN-1.1 An invitation makes an account, whose token publishes with twine", .enabled(if: hasPython))
    func signUpToPublish() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("ada", byMail: true)
            try await people.look("account-fresh")
            // AUTHN-3.2: no token without a second factor.
            try await people.open("/account/tokens/new")
            try await browser.fill("[name=name]", "CI")
            try await browser.click("form[action='/account/tokens/new'] button")
            try await people.look("tokens-refused")
            #expect(try await browser.text(of: "[role=alert]").contains("second factor"))
            _ = try await people.addCodeGenerator()
            let token = try await people.makeToken(named: "CI")
            #expect(token.hasPrefix("hlmk_"))
            try await people.look("token-made")
            let home = try ClientHome()
            let file = try await home.wheel("lantern-of-ada", "1.0")
            try await home.twine(people.server, token: token, files: [file]).checked()
            try await people.open("/p/pypi/lantern-of-ada")
            #expect(try await browser.text().contains("ada"))
            try await people.look("project")
            try await people.open("/account/tokens")
            try await people.look("tokens")
            try await browser.click("form[action='/account/tokens/revoke'] button")
            try await browser.waitFor("was revoked")
        }
    }

    @Test("AUTHN-1.3 A password is not enough once there is a code generator, and a code works once")
    func codeGenerator() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("ben")
            let generator = try await people.addCodeGenerator()
            try await people.open("/account/factors")
            try await people.look("factors")
            try await people.signOut()
            try await people.signIn("ben")
            try await browser.waitFor("One more step")
            try await people.look("sign-in-factor")
            // Nothing else is open to a session that still has to show a factor.
            try await people.open("/account")
            #expect(try await browser.path() == "/login/factor")
            let code = generator.code(stepsLater: 1)
            try await browser.fill("#totp-code", code)
            try await browser.click("form:has(#totp-code) button")
            try await browser.waitFor("Your account")
            try await people.signOut()
            try await people.signIn("ben")
            try await browser.fill("#totp-code", code)
            try await browser.click("form:has(#totp-code) button")
            #expect(try await browser.text(of: "[role=alert]").isEmpty == false)
            #expect(try await browser.path() == "/login/factor")
        }
    }

    @Test("AUTHN-3.1 A passkey signs in alone")
    func passkey() async throws {
        try await RunningServer.browse { people, browser in
            try await browser.add(.passkey)
            try await people.signUp("cyd")
            try await people.addKey(.passkey)
            try await people.look("factors-passkey")
            try await people.signOut()
            try await people.look("sign-in")
            try await browser.click("form[action='/login/passkey'] button")
            try await browser.waitFor("Your account")
            #expect(try await browser.text().contains("cyd"))
        }
    }

    @Test("AUTHN-2.2 A security key is asked for after the password")
    func securityKey() async throws {
        try await RunningServer.browse { people, browser in
            try await browser.add(.securityKey)
            try await people.signUp("dan")
            try await people.addKey(.securityKey)
            try await people.signOut()
            try await people.signIn("dan")
            try await browser.waitFor("One more step")
            try await browser.click("form[data-webauthn=get] button")
            try await browser.waitFor("Your account")
        }
    }

    @Test("AUTHN-1.2 A recovery code stands in for a lost factor, once; a forgotten password needs a factor too")
    func recovery() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("eve")
            _ = try await people.addCodeGenerator()
            try await people.open("/account/factors/codes")
            try await people.look("codes-ask")
            try await browser.click("form[action='/account/factors/codes'] button")
            try await browser.waitFor("never again")
            try await people.look("codes")
            let code = try await browser.text(of: ".codes li")
            try await people.signOut()

            try await people.open("/recover/password")
            try await people.look("recover-password")
            try await browser.fill("[name=name]", "eve")
            try await browser.click("form[action='/recover/password'] button")
            try await browser.waitFor("on its way")
            try await browser.open(try await people.link("/recover/password/", mailedTo: "eve@example.org"))
            try await people.look("reset-password")
            try await browser.fill("#recovery-new", "another row of words that is quite new")
            try await browser.fill("#recovery-code", code)
            try await browser.click("form:has(#recovery-code) button")
            try await browser.waitFor("Your account")

            try await people.signOut()
            try await people.signIn("eve")
            #expect(try await browser.path() == "/login", "the old password is gone")
            try await people.signIn("eve", password: "another row of words that is quite new")
            try await browser.fill("#recovery-code", code)
            try await browser.click("form:has(#recovery-code) button")
            #expect(try await browser.path() == "/login/factor", "the code was used before")
        }
    }

    @Test("Every page of an account can be read without seeing and used without pointing")
    func looks() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("fay")
            _ = try await people.addCodeGenerator()
            let pages = [
                "/account", "/account/factors", "/account/factors/app", "/account/factors/keys/passkey",
                "/account/addresses", "/account/addresses/add", "/account/sessions", "/account/history",
                "/account/password", "/account/tokens", "/account/tokens/new", "/account/publishers",
                "/account/projects", "/account/organizations", "/account/organizations/new", "/account/invitations",
                "/account/namespaces", "/account/stagings", "/account/data", "/account/data/close", "/device",
                "/login/again", "/logout", "/policies/account-recovery", "/policies/security-keys",
            ]
            for page in pages {
                try await people.open(page)
                #expect(try await browser.path() == page)
                try await people.look("page" + page.replacing("/", with: "-"))
            }
        }
    }
}

extension SuiteTrait where Self == RunningServer {
    /// One server whose mail goes into files.
    static var browserServer: RunningServer {
        .server(["HALLMARK_MAIL_URL": "file:", "HALLMARK_LEAKED_PASSWORDS": "off"])
    }
}
