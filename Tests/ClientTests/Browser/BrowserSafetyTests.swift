import Foundation
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

@Suite(
    "What keeps an account safe, in a browser", .enabled(if: Browser.isAvailable, "needs chromium and chromedriver"),
    .browserServer, .serialized, .timeLimit(.minutes(10)))
struct BrowserSafetyTests {
    @Test("A browser is signed out from another one, and a new password signs out all others")
    func sessions() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("ora")
            try await RunningServer.browse { elsewhere, second in
                try await elsewhere.signIn("ora")
                try await second.waitFor("Your account")
                try await people.open("/account/sessions")
                #expect(try await browser.count(".rows tbody tr") == 2)
                try await people.look("sessions")
                try await people.send("/account/sessions/end")
                try await browser.waitFor("Signed out there")
                try await elsewhere.open("/account")
                #expect(try await second.path() == "/login")

                try await elsewhere.signIn("ora")
                try await second.waitFor("Your account")
                try await people.open("/account/password")
                let new = "a wholly new row of words for this account"
                try await people.send("/account/password", [("current", BrowserPeople.password), ("new", new)])
                try await browser.waitFor("Your password is changed")
                try await elsewhere.open("/account")
                #expect(try await second.path() == "/login")
                try await elsewhere.signIn("ora")
                #expect(try await second.text(of: "[role=alert]").isEmpty == false, "the old password is gone")
                try await elsewhere.look("sign-in-refused")
                try await elsewhere.signIn("ora", password: new)
                try await second.waitFor("Your account")
            }
            try await people.open("/account/history")
            #expect(try await browser.text().contains("Password changed"))
            try await people.look("history")
        }
    }

    @Test("What cannot be undone asks for a factor again, and says why")
    func again() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("pam")
            let generator = try await people.addCodeGenerator()
            try await people.server.withDatabase { driver in
                try await driver.write { _ = try $0.execute("UPDATE sessions SET authenticated_at = 0") }
            }
            try await people.open("/account/tokens/new")
            #expect(try await browser.path() == "/login/again")
            #expect(try await browser.text().contains("You are about to make a token"))
            try await people.look("again")
            try await browser.fill("#totp-code", generator.code(stepsLater: 1))
            try await browser.click("form:has(#totp-code) button")
            try await browser.waitFor("Make a token")
            #expect(try await browser.path() == "/account/tokens/new")
        }
    }

    @Test("An address is added, confirmed by its mail, made the primary one, and the old one goes")
    func addresses() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("quy")
            _ = try await people.addCodeGenerator()
            try await people.open("/account/addresses/add")
            try await people.send("/account/addresses/add", [("address", "quy@elsewhere.example")])
            try await browser.waitFor("not confirmed")
            try await people.look("addresses")
            try await browser.open(
                try await people.link("/account/confirm/", mailedTo: "quy@elsewhere.example"))
            try await people.look("confirm")
            try await people.send("/account/confirm")
            try await browser.waitFor("The address is confirmed")
            try await people.send("/account/addresses/primary")
            try await browser.waitFor("Your change was saved")
            try await browser.click("tr:has(form[action$='/primary']) form[action$='/remove'] button")
            try await browser.waitFor("The address was removed")
            #expect(try await browser.text().contains("quy@example.org") == false)
        }
    }

    @Test("AUTHN-1.2 Every factor is lost: two people approve, time passes, and a mailed link opens the account")
    func everythingLost() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("rae")
            _ = try await people.addCodeGenerator()
            try await people.signOut()
            try await people.open("/recover/account")
            try await people.look("recover-account")
            try await people.send("/recover/account", [("name", "rae")])
            try await browser.waitFor("on its way")
            try await browser.open(try await people.link("/recover/account/", mailedTo: "rae@example.org"))
            try await people.look("recover-begin")
            try await people.send("/recover/account/begin", [("reason", "My phone fell into the sea.")])
            try await browser.waitFor("The recovery has begun")
            for name in ["sue", "tom"] {
                try await RunningServer.browse { staff, desk in
                    try await staff.signUp(name, isAdministrator: true)
                    _ = try await staff.addCodeGenerator()
                    try await staff.open("/administration/recoveries")
                    try await desk.waitFor("My phone fell into the sea.")
                    try await staff.look("recoveries")
                    try await staff.send("/administration/recoveries/approve")
                    try await desk.waitFor("Your change was saved")
                }
            }
            // The wait of three days is over at once; the house looks every minute.
            try await people.server.withDatabase { driver in
                try await driver.write { _ = try $0.execute("UPDATE recoveries SET opens_at = 1") }
            }
            let link = try await people.link("/recover/finish/", mailedTo: "rae@example.org")
            try await browser.open(link)
            try await people.look("recover-finish")
            let new = "a row of words for after the recovery"
            try await people.send("/recover/finish", [("new", new)])
            try await browser.waitFor("Your password is changed")
            try await people.signIn("rae", password: new)
            try await browser.waitFor("Your account")
            #expect(try await browser.text().contains("Add a second factor"), "the lost factor is gone")
        }
    }

    @Test("A recovery that the owner did not ask for is stopped by the link in the mail")
    func recoveryStopped() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("uma")
            try await people.signOut()
            try await people.open("/recover/account")
            try await people.send("/recover/account", [("name", "uma")])
            try await browser.open(try await people.link("/recover/account/", mailedTo: "uma@example.org"))
            try await people.send("/recover/account/begin", [("reason", "Let me in.")])
            try await browser.waitFor("The recovery has begun")
            try await people.signIn("uma")
            try await browser.waitFor("Somebody is recovering this account")
            try await people.look("account-recovering")
            try await browser.open(try await people.link("/recover/cancel/", mailedTo: "uma@example.org"))
            try await people.look("recover-cancel")
            try await people.send("/recover/cancel")
            try await people.open("/account")
            #expect(try await browser.text().contains("Somebody is recovering this account") == false)
        }
    }

    @Test("A copy of one's data, and the end of the account")
    func leaving() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("vic")
            try await people.open("/account/data/close")
            try await people.send("/account/data/close", [("name", "someone")])
            #expect(try await browser.text(of: "[role=alert]").contains("not the name"))
            try await people.send("/account/data/close", [("name", "vic")])
            try await browser.waitFor("Your account is closed")
            try await people.signIn("vic")
            #expect(try await browser.text(of: "[role=alert]").isEmpty == false)
        }
    }

    @Test("Single sign-on makes an account, and signs in to it again")
    func singleSignOn() async throws {
        let issuer = try await TestIssuer.start()
        let provider = TestSignOn(issuer, clientSecret: nil) { SystemTime.now }
        provider.set(
            .init(
                "7",
                claims: [
                    ("email", "wes@example.org"), ("email_verified", true), ("preferred_username", "wes"),
                    ("amr", ["pwd", "mfa"]),
                ]))
        let server = try await ServerProcess(
            ServerProcess.Options(environment: [
                "HALLMARK_MAIL_URL": "file:", "HALLMARK_LEAKED_PASSWORDS": "off", "HALLMARK_SSO_ISSUER": issuer.url,
                "HALLMARK_SSO_CLIENT_ID": provider.clientID, "HALLMARK_SSO_TITLE": "The Lantern Works",
                "HALLMARK_SSO_SIGN_UP": "true", "HALLMARK_SSO_FACTOR_AMR": "mfa",
            ]))
        try await RunningServer.browse(at: server) { people, browser in
            for isFirst in [true, false] {
                try await people.open("/login")
                if isFirst { try await people.look("sign-in-sso") }
                try await browser.click("[href^='/login/sso']")
                try await browser.waitFor("Your account")
                #expect(try await browser.text().contains("wes"))
                #expect(provider.refused.isEmpty)
                try await people.open("/account/sessions")
                #expect(try await browser.text().contains("single sign-on"))
                if !isFirst { try await people.look("sessions-sso") }
                try await people.signOut()
            }
        }
        provider.set(.init("8", claims: [("amr", ["pwd"])]))
        try await RunningServer.browse(at: server) { people, browser in
            try await people.signUp("zed")
            try await people.open("/account/single-sign-on")
            try await people.send("/account/single-sign-on")
            try await people.look("sso-link")
            try await browser.click("[href^='\(issuer.url)']")
            try await browser.waitFor("Signing in")
            try await people.open("/account/single-sign-on")
            try await people.look("sso-linked")
            try await people.signOut()
            try await browser.click("[href^='/login/sso']")
            try await browser.waitFor("Your account")
            try await people.open("/account/single-sign-on")
            try await people.send("/account/single-sign-on/remove")
            try await browser.waitFor("It was removed")
            #expect(try await browser.count(".rows tbody tr") == 0)
        }
        try await server.stop()
        try await issuer.stop()
    }
}
