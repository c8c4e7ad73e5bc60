import Accounts
import Foundation
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("Attacks on sessions and forms", .timeLimit(.minutes(10)))
struct AttackSessionTests {
    private static let cookie = "hallmark"

    @Test("Session fixation: a secret that was there before signing in is not the session's afterwards")
    func fixation() async throws {
        try await withPeoplePages { pages in
            _ = try await pages.signUp("ada")
            let stranger = pages.visitor()
            let planted = String(repeating: "a", count: 43)
            stranger.plant(Self.cookie, planted)
            let answer = try await stranger.signIn("ada")
            #expect(answer.status == 303)
            let given = try #require(stranger.cookies[Self.cookie])
            #expect(given != planted && given.utf8.count >= 32)
            // What was planted opens nothing.
            let other = pages.visitor()
            other.plant(Self.cookie, planted)
            #expect(try await other.get("/account", following: false).status == 303)
            // Signing in again ends the session that the browser had.
            let before = try #require(stranger.cookies[Self.cookie])
            stranger.plant(Self.cookie, nil)
            let page = try await stranger.get("/login")
            stranger.plant(Self.cookie, before)
            _ = page
            let out = try await stranger.submit("/logout", of: try await stranger.get("/logout"), [:])
            #expect(out.status == 303)
            let late = pages.visitor()
            late.plant(Self.cookie, before)
            #expect(try await late.get("/account", following: false)["location"]?.hasPrefix("/login") == true)
        }
    }

    @Test("Cookies: not for scripts, not for other sites' forms, not for other hosts; a doubled one is none")
    func cookies() async throws {
        try await withPeoplePages { pages in
            let ada = try await pages.signUp("ada")
            #expect(ada.settings.contains { $0.hasPrefix("hallmark=") })
            for setting in ada.settings {
                #expect(
                    setting.contains("; HttpOnly") && setting.contains("; SameSite=Lax") && setting.contains("; Path=/")
                )
                #expect(!setting.lowercased().contains("domain"))
            }
            let secret = try #require(ada.cookies[Self.cookie])
            let twice = "Cookie: hallmark=\(secret); hallmark=\(secret)"
            #expect(try await pages.server.exchange("GET /account", [twice]).status == 303)
            // A session is no credential where clients and programs ask.
            let once = "Cookie: hallmark=\(secret)"
            #expect(try await pages.server.exchange("GET /account", [once]).status == 200)
            #expect(try await pages.server.exchange("GET /api/v1/user", [once]).status == 401)
            // Nor is a token a session.
            let token = try await pages.registry.accounts.createOperatorToken(
                userName: "ada", scopes: [], lifetimeSeconds: 3600)
            let page = try await pages.server.exchange("GET /account", ["Authorization: Bearer \(token)"])
            #expect(page.status == 303)
            #expect(
                try await pages.server.exchange("GET /api/v1/user", ["Authorization: Bearer \(token)"]).status == 200)
        }
    }

    @Test("CSRF: a form without its token, with another's, of another form, or from another site changes nothing")
    func forgery() async throws {
        try await withPeoplePages { pages in
            let ada = try await pages.signUp("ada")
            let eve = try await pages.signUp("eve")
            let page = try await ada.get("/account/password")
            let fields = ["current": FormVisitor.password, "new": "another row of words that is quite new"]
            let own = try #require(token("/account/password", in: page))
            let foreign = try #require(token("/account/password", in: try await eve.get("/account/password")))
            let other = try #require(token("/logout", in: try await ada.get("/logout")))
            for wrong in [nil, "", foreign, other, String(own.dropLast()) + "x", own.uppercased() + " "] {
                var sent = fields
                sent["form-token"] = wrong
                let answer = try await ada.post("/account/password", sent)
                #expect(answer.status == 403, "\(wrong ?? "none"): \(answer.status)")
            }
            var right = fields
            right["form-token"] = own
            let sites = [
                ["Origin: https://evil.example"], ["Origin: null"], ["Sec-Fetch-Site: cross-site"],
                ["Sec-Fetch-Site: same-site"], ["Origin: http://localhost:1"],
            ]
            for headers in sites {
                let answer = try await ada.post("/account/password", right, headers: headers)
                #expect(answer.status == 403, "\(headers)")
            }
            let cookie = "Cookie: hallmark=\(ada.cookies[Self.cookie] ?? "")"
            let text = try await pages.server.exchange(
                "POST /account/password", ["Content-Type: text/plain", cookie], body: Array("form-token=\(own)".utf8))
            #expect(text.status == 415)
            // Nothing of that changed the password.
            #expect(try await pages.visitor().signIn("ada").status == 303)
            let answer = try await ada.post("/account/password", right, headers: ["Origin: \(pages.url)"])
            #expect(answer.status == 303, "\(answer.text)")
        }
    }

    private func token(_ action: String, in page: RawResponse) -> String? {
        var isInside = false
        for element in WebHTMLOutline(page.text).elements {
            if element.name == "form" { isInside = element["action"] == action }
            if isInside, element["name"] == "form-token" { return element["value"] }
        }
        return nil
    }

    @Test("Login CSRF: nobody is signed in to a stranger's account by a form that another site sends")
    func loginForgery() async throws {
        try await withPeoplePages { pages in
            _ = try await pages.signUp("eve")
            // The attacker has a form with a token of their own browser; the victim's browser has another key, or none.
            let attacker = pages.visitor()
            let stolen = try #require(token("/login", in: try await attacker.get("/login")))
            let fields = ["name": "eve", "password": FormVisitor.password, "form-token": stolen]
            let victim = pages.visitor()
            #expect(try await victim.post("/login", fields).status == 403)
            _ = try await victim.get("/login")
            #expect(try await victim.post("/login", fields).status == 403)
            #expect(victim.cookies[Self.cookie] == nil)
        }
    }

    @Test(
        "Open redirect: signing in leads to no other place than these pages",
        arguments: [
            "https://evil.example/", "//evil.example/", "/\\evil.example", "/%2f%2fevil.example", "javascript:1",
        ])
    func redirect(target: String) async throws {
        try await withPeoplePages { pages in
            let ada = try await pages.signUp("ada")
            let encoded = target.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let already = try await ada.get("/login?next=\(encoded)", following: false)
            #expect(already["location"] == "/account")
            let again = pages.visitor()
            let page = try await again.get("/login?next=\(encoded)")
            #expect(!page.text.contains("evil.example"))
            let fields = ["name": "ada", "password": FormVisitor.password, "next": target]
            let answer = try await again.submit("/login", of: page, fields)
            #expect(answer.status == 303 && answer["location"] == "/account")
        }
    }

    @Test("User enumeration: unknown and known accounts get the same answers")
    func enumeration() async throws {
        try await withPeoplePages { pages in
            _ = try await pages.signUp("ada")
            func answer(_ path: String, _ fields: [String: String]) async throws -> [String] {
                let visitor = pages.visitor()
                let answer = try await visitor.submit(path, of: try await visitor.get(path), fields)
                let name = fields["name"] ?? ""
                let text = answer.text.replacing(/value="[0-9a-f]{64}"/, with: "")
                    .replacing(/data-options="[^"]*"/, with: "")
                return ["\(answer.status)", text.replacing(name, with: "NAME"), answer["location"] ?? ""]
            }
            for (path, extra) in [
                ("/login", ["password": "wrong but long enough words"]), ("/recover/password", [:]),
                ("/recover/account", [:]),
            ] {
                let known = try await answer(path, extra.merging(["name": "ada"]) { $1 })
                let unknown = try await answer(path, extra.merging(["name": "bob"]) { $1 })
                #expect(known == unknown, "\(path)")
            }
        }
    }

    @Test("Private pages are kept by nobody, framed by nobody, and load nothing but our own files")
    func headers() async throws {
        try await withPeoplePages { pages in
            let ada = try await pages.signUp("ada")
            for path in ["/account", "/account/factors", "/account/sessions", "/login", "/recover/password"] {
                let page = try await (path.hasPrefix("/account") ? ada : pages.visitor()).get(path)
                #expect(page.status == 200, "\(path)")
                #expect(page.values("cache-control") == ["private, no-store"], "\(path)")
                let policy = page["content-security-policy"] ?? ""
                #expect(policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"))
                #expect(!policy.contains("unsafe") && page["x-frame-options"] == "DENY")
                #expect(page["referrer-policy"] == "same-origin" && page["etag"] == nil)
                #expect(page["cross-origin-opener-policy"] == "same-origin")
                WebPageTests.check(path, page.text)
            }
            // What everybody sees is the same for who is signed in, byte for byte.
            for path in ["/", "/help", "/search", "/policies/account-recovery"] {
                let own = try await ada.get(path)
                let anonymous = try await pages.server.exchange("GET \(path)", ["Accept: text/html"])
                #expect(own.status == 200 && own.body == anonymous.body && own["set-cookie"] == nil, "\(path)")
                #expect(!own.text.contains(">ada<"))
            }
        }
    }

    @Test("A private project is shown to its owner's session, stored nowhere, and to nobody after it")
    func privateProject() async throws {
        try await withPeoplePages { pages in
            let ada = try await pages.signUp("ada")
            let eve = try await pages.signUp("eve")
            let owner = try await pages.registry.principal("ada")
            _ = try await pages.registry.publish("lantern", "1.0.0", by: owner)
            try await pages.registry.lifecycle.setVisibility(
                EcosystemID(rawValue: "plain"), name: "lantern", .private, by: owner)
            let path = "/p/plain/lantern"
            #expect(try await pages.server.exchange("GET \(path)").status == 401)
            for _ in 1...2 {
                let own = try await ada.get(path)
                #expect(own.status == 200 && own.text.contains("lantern"))
                #expect(own.values("cache-control") == ["private, no-store"])
            }
            #expect(try await eve.get(path).status == 404)
            let anonymous = try await pages.server.exchange("GET \(path)", ["Accept: text/html"])
            #expect(anonymous.status == 401 && anonymous["www-authenticate"]?.hasPrefix("Session") == true)
            #expect(anonymous.text.contains("/login?next=%2Fp%2Fplain%2Flantern"))
            // A name that was not there for anybody is there for its owner as soon as it is.
            let late = "/p/plain/wick"
            #expect(try await pages.server.exchange("GET \(late)").status == 404)
            _ = try await pages.registry.publish("wick", "1.0.0", by: owner)
            #expect(try await ada.get(late).status == 200)
        }
    }

    @Test("A Host header chooses neither links nor where a form may come from")
    func host() async throws {
        try await withPeoplePages { pages in
            let connection = try await RawConnection.connect(to: pages.server.port)
            try await connection.send(
                "GET /login HTTP/1.1\r\nHost: evil.example\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
            let page = try await connection.response()
            #expect(!page.text.contains("evil.example"))
            await connection.close()
            let visitor = pages.visitor()
            let form = try await visitor.get("/recover/password")
            let answer = try await visitor.submit(
                "/recover/password", of: form, ["name": "x"], headers: ["Origin: http://evil.example"])
            #expect(answer.status == 403)
        }
    }

    @Test("Markup in whatever a person can fill in is shown as text")
    func markup() async throws {
        try await withPeoplePages { pages in
            let ada = try await pages.signUp(
                "ada", agent: "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>")
            let evil = "<script>alert(1)</script>\"' onfocus='x"
            let reflected: [(String, [String: String])] = [
                ("/login", ["name": evil, "password": "x"]), ("/recover/password", ["name": evil]),
            ]
            for (path, fields) in reflected {
                let visitor = pages.visitor()
                let answer = try await visitor.submit(path, of: try await visitor.get(path), fields)
                if answer.status != 303 { WebPageTests.check(path, answer.text) }
                #expect(!answer.text.contains("<script>alert"))
            }
            for (path, field) in [("/account/addresses/add", "address"), ("/account/factors/app", "name")] {
                let answer = try await ada.submit(path, of: try await ada.get(path), [field: evil])
                if answer.status != 303 { WebPageTests.check(path, answer.text) }
            }
            let pages = ["/account", "/account/sessions", "/account/history", "/account/addresses", "/account/factors"]
            for path in pages {
                let page = try await ada.get(path)
                WebPageTests.check(path, page.text)
                #expect(!page.text.contains("<script>alert") && !page.text.contains("<img"), "\(path)")
            }
            for query in ["next=\(evil)", "code=\(evil)", "before=\(evil)"] {
                let encoded = query.addingPercentEncoding(withAllowedCharacters: .urlHostAllowed) ?? ""
                for path in ["/login", "/account/history", "/login/again"] {
                    let page = try await ada.get("\(path)?\(encoded)")
                    #expect(!page.text.contains("<script>alert"), "\(path)?\(query)")
                }
            }
        }
    }
}
