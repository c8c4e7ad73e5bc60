import HTTPSupport
import HTTPTypes
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Forms and cookies of pages")
struct PageFormTests {
    private func form(_ text: String) throws -> FormBody { try FormBody(Array(text.utf8)) }

    @Test("Fields are decoded as browsers encode them")
    func decoding() throws {
        let form = try form("name=Ada+Lovelace&mail=a%40b.example&empty=&scope=read&scope=publish&note=a%0D%0Ab&flag")
        #expect(form["name"] == "Ada Lovelace" && form["mail"] == "a@b.example" && form["empty"].isEmpty)
        #expect(form.all("scope") == ["read", "publish"] && form["note"] == "a\nb" && form.has("flag"))
        #expect(form["missing"].isEmpty && !form.has("missing"))
        #expect(try self.form("name=++Ada+").text("name") == "Ada")
    }

    @Test(
        "What no browser sends is refused",
        arguments: ["a=%", "a=%4", "a=%zz", "a=%00", "a=%ff", "a=%c3%28", "a=\u{1}", "%ed%a0%80=x"])
    func strictness(text: String) {
        #expect(throws: Problem.self) { try form(text) }
    }

    @Test("Forms are bounded in bytes, fields and the length of each")
    func bounds() throws {
        #expect(throws: Problem.self) { try form("a=" + String(repeating: "x", count: FormBody.maximumBytes)) }
        let many = (0...FormBody.maximumFields).map { "f\($0)=1" }.joined(separator: "&")
        #expect(throws: Problem.self) { try form(many) }
        let long = try form("a=" + String(repeating: "x", count: 300))
        #expect(throws: Problem.self) { try long.text("a") }
        #expect(try long.text("a", upTo: 300).count == 300)
    }

    @Test("A form's token is for one form of one session")
    func tokens() {
        let token = FormToken(key: Array(repeating: 7, count: 32))
        let text = token.token(for: "/account/tokens")
        #expect(token.accepts(text, for: "/account/tokens"))
        #expect(!token.accepts(text, for: "/account/password"))
        #expect(!FormToken(key: Array(repeating: 8, count: 32)).accepts(text, for: "/account/tokens"))
        for wrong in ["", "00", String(text.dropLast()), text + "0", String(text.reversed())] {
            #expect(!token.accepts(wrong, for: "/account/tokens"), "\(wrong)")
        }
        let empty = FormToken(key: [])
        #expect(!empty.accepts(empty.token(for: "/x"), for: "/x"), "who has no key has no token")
    }

    @Test(
        "Only a path of ours is gone on to",
        arguments: ["/", "/account", "/p/npm/@a/b", "/search?q=a&page=2", "/a%20b"])
    func ownPaths(text: String) {
        #expect(OwnPath(text)?.text == text)
    }

    @Test(
        "What could lead elsewhere is not gone on to",
        arguments: [
            "", "account", "//evil.example", "/\\evil.example", "\\/evil.example", "https://evil.example",
            "/\t/evil.example",
            "///evil.example", "/%5cevil.example", "/%2f%2fevil.example", "javascript:alert(1)", "/a//b", "/a/../b",
            "/.//evil.example", "/a\nb", "/a#b", "/ä", "/a b", "/a\"b", "data:text/html,x", "/..//evil.example",
        ])
    func foreignPaths(text: String) {
        #expect(OwnPath(text) == nil)
    }

    private func headers(origin: String?, site: String?) -> HTTPFields {
        var headers = HTTPFields()
        headers[.origin] = origin
        headers[.secFetchSite] = site
        return headers
    }

    @Test("A form comes from a page of ours, as far as the browser says")
    func origins() throws {
        let url = try #require(PublicURL("https://packages.example.org:8443"))
        let own = "https://packages.example.org:8443"
        for (origin, site) in [(own, "same-origin"), (own, nil), (nil, nil), (nil, "none"), (own.uppercased(), nil)] {
            try FormOrigin.check(headers(origin: origin, site: site), publicURL: url)
        }
        let foreign: [(String?, String?)] = [
            ("https://packages.example.org", nil), ("http://packages.example.org:8443", nil), ("null", nil), ("", nil),
            ("https://evil.example", "cross-site"), (own, "cross-site"), (own, "same-site"), (nil, "cross-site"),
            ("https://packages.example.org:8443.evil.example", nil), ("https://sub.packages.example.org:8443", nil),
        ]
        for (origin, site) in foreign {
            #expect(throws: Problem.self, "\(origin ?? "-") \(site ?? "-")") {
                try FormOrigin.check(headers(origin: origin, site: site), publicURL: url)
            }
        }
    }

    @Test("Session cookies are for this host alone, over https alone, and for no script")
    func cookies() throws {
        let secure = PageCookie.session(try #require(PublicURL("https://packages.example.org")))
        #expect(
            secure.setting("s3cret", seconds: 60)
                == "__Host-hallmark=s3cret; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60")
        let local = PageCookie.session(try #require(PublicURL("http://localhost:8080")))
        #expect(local.setting("s3cret") == "hallmark=s3cret; Path=/; HttpOnly; SameSite=Lax")
        #expect(secure.clearing.contains("__Host-hallmark=;") && secure.clearing.hasSuffix("Max-Age=0"))
    }

    @Test("A cookie that was sent twice is none: who set the second one is not known")
    func doubledCookies() {
        var headers = HTTPFields()
        headers[.cookie] = "a=1; hallmark=one; b=2; hallmark=two"
        #expect(RequestCookies(headers)["hallmark"] == nil && RequestCookies(headers)["a"] == "1")
        var split = HTTPFields()
        split.append(HTTPField(name: .cookie, value: "hallmark=one"))
        split.append(HTTPField(name: .cookie, value: "hallmark=two"))
        #expect(RequestCookies(split)["hallmark"] == nil)
        var other = HTTPFields()
        other[.cookie] = "hallmark=x=y; __Host-hallmark=z"
        #expect(RequestCookies(other)["hallmark"] == "x=y" && RequestCookies(other)["__Host-hallmark"] == "z")
    }
}
