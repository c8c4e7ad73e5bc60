import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@Suite(
    "Administration and public pages in a browser",
    .enabled(if: Browser.isAvailable, "needs chromium and chromedriver"), .browserServer, .serialized,
    .timeLimit(.minutes(10)))
struct BrowserAdministrationTests {
    @Test("The first link makes an administrator, who invites, gives rights, suspends and restores")
    func administration() async throws {
        try await RunningServer.browse { people, browser in
            let file = people.server.data.appending(path: "setup-link")
            let link = try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .newlines)
            try await browser.open(link)
            #expect(try await browser.text().contains("will administer the registry"))
            try await people.look("setup")
            try await people.complete(link, as: "zoe", address: "zoe@example.org")
            try await browser.open(try await people.link("/account/confirm/", mailedTo: "zoe@example.org"))
            try await people.send("/account/confirm")
            _ = try await people.addCodeGenerator()
            let invitation = try await invite("xia", people, browser)
            try await RunningServer.browse { newcomer, _ in try await newcomer.complete(invitation, as: "xia") }

            try await people.open("/administration/users")
            try await people.look("users")
            try await browser.click("[href$='/users/change/xia']")
            try await people.look("user")
            try await browser.click("[name=right][value=moderator]")
            try await browser.click("form[action$='/rights'] button")
            try await browser.waitFor("Your change was saved")
            #expect(try await browser.text().contains("moderator"))
            try await browser.click("[href$='/users/change/xia']")
            try await browser.fill("[name=reason]", "Lost the laptop.")
            try await browser.click("form[action$='/suspend'] button")
            try await browser.waitFor("suspended")
            try await RunningServer.browse { suspended, other in
                try await suspended.signIn("xia")
                #expect(try await other.path() == "/login")
                #expect(try await other.text(of: "[role=alert]").isEmpty == false)
            }
            try await browser.click("[href$='/users/change/xia']")
            try await people.look("user-suspended")
            try await browser.click("form[action$='/restore'] button")
            try await browser.waitFor("Your change was saved")
            #expect(try await browser.text().contains("suspended") == false)
            for page in ["", "/recoveries", "/domains", "/critical", "/issuers", "/reporters"] {
                try await people.open("/administration" + page)
                #expect(try await browser.path() == "/administration" + page)
                try await people.look("administration" + page.replacing("/", with: "-"))
            }
        }
    }

    /// Invites somebody through the page; gives the link that it shows.
    private func invite(_ name: String, _ people: BrowserPeople, _ browser: Browser) async throws -> String {
        try await people.open("/administration/users/invite")
        try await people.look("invite")
        try await people.send("/administration/users/invite", [("address", "\(name)@example.org"), ("name", name)])
        try await browser.waitFor("never again")
        try await people.look("invited")
        return try await browser.text(of: "code[id$=secret]")
    }

    @Test("Every public page can be read without seeing and used without pointing", .enabled(if: hasPython))
    func publicPages() async throws {
        try await RunningServer.browse { people, browser in
            let home = try ClientHome()
            let token = try await people.server.publisher("yan")
            let file = try await home.wheel("wick-of-yan", "1.0")
            try await home.twine(people.server, token: token, files: [file]).checked()
            try await people.open("/p/pypi/wick-of-yan")
            let script = "return [...document.querySelectorAll('.tabs a')].map((tab) => tab.getAttribute('href'))"
            let tabs = try await browser.run(script).arrayValue?.compactMap(\.stringValue) ?? []
            #expect(tabs.count >= 5)
            let pages = [
                "/", "/help", "/search?q=wick", "/search?q=nothing-like-it", "/security/scorecard",
                "/policies/unpublish", "/policies/security", "/p/pypi/no-such-package", "/no/such/page", "/signup",
            ]
            for page in tabs + pages {
                try await people.open(page)
                try await people.look("public" + page.replacing("/", with: "-").replacing("?", with: "-"))
            }
        }
    }
}
