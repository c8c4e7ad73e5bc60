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
            let gus = try await people.addCodeGenerator()
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
            try await browser.fill("#totp-code", gus.code(stepsLater: 1))
            try await browser.click("form:has(#totp-code) button")
            try await browser.waitFor("Your account")
            try await people.open("/account/invitations")
            #expect(try await browser.text().contains("hal"))
            try await people.look("invitations")
            try await people.send("/account/invitations/accept")
            try await browser.waitFor("You have accepted")
            try await people.open("/organizations/lanterns")
            try await browser.waitFor("The Lantern Works")
            let page = try await browser.text()
            #expect(page.contains("gus") && !page.contains("invited"))
            // A member sees who is there, and changes nothing.
            #expect(try await browser.count("form[action='/organizations/lanterns/member']") == 0)
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

    @Test("hallmark login: the terminal shows a page, the page allows it, and the terminal goes on")
    func handOff() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("kim")
            _ = try await people.addCodeGenerator()
            let home = try ClientHome()
            let environment = home.environment.merging(["HALLMARK_REGISTRY": people.server.url]) { $1 }
            let errors = home.directory.appending(path: "errors")
            let login = try ChildProcess(
                Command(
                    [Checkout.hallmark.path(percentEncoded: false), "login"], environment: environment,
                    directory: home.directory), output: home.directory.appending(path: "output"), errors: errors)
            let page = try await waitFor("the program's page", every: .milliseconds(100)) {
                try #require(login.isRunning)
                let shown = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
                return shown.firstMatch(of: /http\S+code=[A-Z]{4}-[A-Z]{4}/).map { String($0.output) }
            }
            try await browser.open(page)
            try await browser.waitFor("Allow this program?")
            try await browser.click("form:has([value=allow]) button")
            try await browser.waitFor("go back to your terminal")
            #expect(await login.exitStatus() == 0)
            try await people.open("/account/tokens")
            #expect(try await browser.text().contains("hallmark"))
            try await people.look("tokens-after-login")
            let list = try await home.hallmark(people.server, ["staging", "list"], token: nil)
            #expect(list.succeeded, "\(list)")
        }
    }

    @Test("A publisher is trusted before its project is there, and taken back")
    func pendingPublisher() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("lea")
            _ = try await people.addCodeGenerator()
            try await people.open("/account/publishers/new/github")
            try await people.look("publisher-pending-new")
            try await people.send(
                "/account/publishers/new/github",
                [
                    ("project", "wick-of-lea"), ("s-owner", "octo-org"), ("s-repository", "octo-repo"),
                    ("s-workflow", "release.yml"),
                ])
            try await browser.waitFor("Your change was saved")
            #expect(try await browser.text().contains("wick-of-lea"))
            try await people.look("publishers-pending")
            try await people.send("/account/publishers/remove")
            try await browser.waitFor("It was removed")
            #expect(try await browser.text().contains("wick-of-lea") == false)
        }
    }

    @Test("A release waits until somebody has looked at it", .enabled(if: hasPython))
    func staging() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("max")
            _ = try await people.addCodeGenerator()
            try await people.open("/account/tokens/new")
            try await browser.fill("[name=name]", "careful")
            try await browser.click("[name=limit][value=stages]")
            try await people.send("/account/tokens/new")
            let token = try await browser.text(of: "code[id$=secret]")
            let home = try ClientHome()
            let file = try await home.wheel("wick-of-max", "1.0")
            try await home.twine(people.server, token: token, files: [file]).checked()
            try await people.open("/account/stagings")
            try await people.look("stagings")
            try await browser.click(".rows a")
            try await browser.waitFor("SHA-256")
            try await people.look("staging")
            try await browser.click("form[action$='/release'] button")
            try await browser.waitFor("Your change was saved")
            try await people.open("/p/pypi/wick-of-max")
            #expect(try await browser.text().contains("A small package"))
        }
    }

    @Test("A namespace is claimed, with the text that proves it; a key to sign with is refused where it is none")
    func namespace() async throws {
        try await RunningServer.browse { people, browser in
            try await people.signUp("ned")
            _ = try await people.addCodeGenerator()
            try await people.open("/account/namespaces")
            try await browser.run(
                "document.querySelector('[name=ecosystem]').value = 'maven'")
            try await people.send("/account/namespaces", [("name", "org.example")])
            try await browser.waitFor("Prove it in DNS")
            try await people.look("namespace")
            try await people.open("/account/keys/add")
            try await people.look("keys-add")
            try await people.send("/account/keys/add", [("key", "not a key")])
            #expect(try await browser.text(of: "[role=alert]").isEmpty == false)
            try await people.look("keys-refused")
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
            try await browser.fill("[name=s-owner]", "octo-org")
            try await browser.fill("[name=s-repository]", "octo-repo")
            try await browser.fill("[name=s-workflow]", "release.yml")
            try await browser.click("form[action$='/publisher/github'] button")
            try await browser.waitFor("Your change was saved")
            #expect(try await browser.text().contains("octo-org"))
            try await people.look("project-settings-publisher")
            try await browser.click("form[action$='/settings/publisher-removal'] button")
            // The page before says that a change was saved, too.
            try await browser.waitForNone(of: "octo-org")
            try await browser.waitFor("Your change was saved")
        }
    }
}
