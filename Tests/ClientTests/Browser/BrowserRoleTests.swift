import Foundation
import HallmarkTesting
import Testing

@Suite(
    "Roles and programs in a browser", .enabled(if: Browser.isAvailable, "needs chromium and chromedriver"),
    .browserServer, .serialized, .timeLimit(.minutes(10)))
struct BrowserRoleTests {
    @Test("AUTHZ-2.1 An invitation to an organization holds once it is accepted")
    func organization() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("gus")
            _ = try await people.addCodeGenerator()
            try await people.signOut()
            try await people.signUp("hal")
            _ = try await people.addCodeGenerator()
            try await people.open("/account/organizations/new")
            try await browser.fill("[name=name]", "lanterns")
            try await browser.fill("[name=title]", "The Lantern Works")
            try await browser.click("form[action='/account/organizations/new'] button")
            try await browser.waitFor("The Lantern Works")
            try await browser.fill("#member-user", "gus")
            try await browser.click("form[action='/organizations/lanterns/member'] button")
            try await browser.waitFor("nothing changes until it is accepted")
            #expect(try await browser.text().contains("member, invited"))
            try await people.look("organization")
            try await people.signOut()

            try await people.signIn("gus")
            try await browser.waitFor("One more step")
        }
    }

    @Test("A program that asks gets a token once somebody allows it, and nothing when it is refused")
    func device() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("ida")
            _ = try await people.addCodeGenerator()
            for isAllowed in [false, true] {
                let asked = try await Probe.send(
                    "POST", people.server.url + "/api/v1/device/authorization",
                    arguments: ["-d", "client_id=hallmark&scope=publish"])
                let code = try #require((asked.json as? [String: Any])?["user_code"] as? String, "\(asked.text)")
                try await people.open("/device?code=\(code)")
                try await browser.waitFor("Allow this program?")
                try await people.look("device")
                try await browser.click("form:has([value=\(isAllowed ? "allow" : "deny")]) button")
                try await browser.waitFor(isAllowed ? "go back to your terminal" : "Nothing was given")
            }
        }
    }

    @Test(
        "A project's settings: a maintainer is invited, a publisher is trusted, long-lived tokens are refused",
        .enabled(if: hasPython))
    func project() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("jan")
            _ = try await people.addCodeGenerator()
            let token = try await people.makeToken(named: "laptop")
            let home = try ClientHome()
            let file = try await home.wheel("wick-of-jan", "1.0")
            try await home.twine(people.server, token: token, files: [file]).checked()
            try await people.open("/account/projects")
            try await people.look("projects")
            try await people.open("/projects/pypi/wick-of-jan/settings")
            try await people.look("project-settings")
            try await browser.click("[name=policy][value=trusted]")
            try await browser.click("form[action$='/settings/tokens'] button")
            try await browser.waitFor("Your change was saved")
            let second = try await home.wheel("wick-of-jan", "2.0")
            let refused = try await home.twine(people.server, token: token, files: [second])
            #expect(refused.status != 0 && (refused.output + refused.errors).contains("long-lived"))
            try await browser.click("[href$='/settings/publisher/github']")
            try await people.look("publisher-new")
        }
    }
}
