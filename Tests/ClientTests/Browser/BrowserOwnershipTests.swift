import Foundation
import HallmarkTesting
import Testing

@Suite(
    "Teams, transfers and keys in a browser", .enabled(if: Browser.isAvailable, "needs chromium and chromedriver"),
    .browserServer, .serialized, .timeLimit(.minutes(10)))
struct BrowserOwnershipTests {
    private static let settings = "/projects/pypi/wick-of-oda/settings"

    @Test(
        "AUTHZ-2.1 A team gets a role on a project; the project goes to the organization, and to a person who accepts",
        .enabled(if: hasPython))
    func teamsAndTransfers() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("pim")
            let pim = try await people.addCodeGenerator()
            try await people.signOut()
            try await people.signUp("oda")
            _ = try await people.addCodeGenerator()
            let token = try await people.makeToken(named: "laptop")
            let home = try ClientHome()
            try await home.twine(people.server, token: token, files: [try await home.wheel("wick-of-oda", "1.0")])
                .checked()

            try await people.open("/account/organizations/new")
            try await people.send("/account/organizations/new", [("name", "wicks"), ("title", "The Wick Works")])
            try await browser.waitFor("It owns none")
            try await people.send("/organizations/wicks/team", [("team", "menders")])
            try await browser.waitFor("Your change was saved")
            try await people.open("/organizations/wicks/teams/menders")
            try await people.send("/organizations/wicks/teams/menders/member", [("user", "oda")])
            try await people.look("team")
            // Who is not in the organization is invited to it first.
            try await people.send("/organizations/wicks/teams/menders/member", [("user", "pim")])
            try await browser.waitFor("nothing changes until it is accepted")

            try await people.open(Self.settings)
            try await people.send(Self.settings + "/team", [("team", "wicks:menders")])
            try await browser.waitFor("Your change was saved")
            #expect(try await browser.count("form[action='\(Self.settings)/team-removal']") == 1)
            try await people.look("project-settings-team")

            // Offered, taken back, offered again.
            try await people.send(Self.settings + "/transfer", [("to", "pim")])
            try await browser.waitFor("Transfer to pim")
            try await people.look("project-settings-transfer")
            try await people.send(Self.settings + "/transfer-end")
            try await browser.waitFor("It was removed")
            try await people.open(Self.settings)
            try await people.send(Self.settings + "/transfer", [("to", "pim")])
            try await browser.waitFor("Transfer to pim")
            try await people.signOut()

            try await people.signIn("pim")
            try await browser.fill("#totp-code", pim.code(stepsLater: 1))
            try await browser.click("form:has(#totp-code) button")
            try await browser.waitFor("Your account")
            try await people.open("/account/projects")
            try await people.look("projects-on-their-way")
            try await people.send(Self.settings + "/transfer-acceptance")
            try await browser.waitFor("You have accepted")
            try await people.open(Self.settings)
            try await browser.waitFor("Settings of wick-of-oda")
            // The new owner sees what only owners see, and the old one is gone from the people.
            #expect(try await browser.count("form[action='\(Self.settings)/transfer']") == 1)
            let people = "form[action='\(Self.settings)/member-removal'] [name=user]"
            #expect(try await browser.count(people + "[value=pim]") == 1)
            #expect(try await browser.count(people + "[value=oda]") == 0)
        }
    }

    @Test("AUTHN-2.2 A key gets another name, and is taken away")
    func keys() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("rik")
            _ = try await people.addCodeGenerator()
            _ = try await browser.add(.securityKey)
            try await people.addKey(.securityKey)
            try await people.open("/account/factors")
            try await browser.click("a[href^='/account/factors/keys/name/']")
            #expect(try await browser.attribute("value", of: "[name=name]") == "Key on my ring")
            try await people.look("key-name")
            try await browser.fill("[name=name]", "Key in the drawer")
            try await browser.click("form[action^='/account/factors/keys/name/'] button")
            try await browser.waitFor("Your change was saved")
            #expect(try await browser.text().contains("Key in the drawer"))
            try await people.send("/account/factors/key-removal")
            try await browser.waitFor("does not work any more")
            #expect(try await browser.count("form[action='/account/factors/key-removal']") == 0)
        }
    }
}
