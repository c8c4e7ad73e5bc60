import Client
import Testing

@testable import Probing

@Suite("Forms of pages")
struct FormTests {
    private static let page = """
        <main><form class="form" method="post" action="/login?next=%2Fa&amp;b" data-options="{&quot;rpId&quot;:&quot;a&gt;b&quot;}">
        <input type="hidden" name="form" value="s&#39;cret">
        <input id="n" name="name" type="text" value="Zo&#xEB;" required>
        <textarea name="why" rows="4">two &lt;lines&gt;</textarea>
        <select name="role"><option value="owner">Owner</option><option value="maintainer" selected>M</option></select>
        <div><input name="action" type="checkbox" value="publish" checked><input name="action" type="checkbox" value="yank"></div>
        <button type="submit">Go > on</button></form>
        <form action='/other'><input name=plain value=text></form></main>
        """

    @Test("A form is read as a browser would send it")
    func fields() throws {
        let forms = HTMLForms.read(Self.page)
        let form = try #require(forms.first)
        #expect(forms.count == 2)
        #expect(form.action == "/login?next=%2Fa&b")
        #expect(form.attributes["data-options"] == "{\"rpId\":\"a>b\"}")
        #expect(form.fields.map(\.name) == ["form", "name", "why", "role", "action"])
        #expect(form.fields.map(\.value) == ["s'cret", "Zoë", "two <lines>", "maintainer", "publish"])
        #expect(form.has("action") && form.offered.contains { $0 == ("action", "yank") })
        #expect(forms[1].fields.first?.value == "text")
    }

    @Test(
        "What is cut off or no form at all ends in no form", arguments: ["", "<form", "<form><input name=", "a<b", "<"])
    func broken(html: String) {
        #expect(HTMLForms.read(html).isEmpty)
    }

    @Test("Entities that are none stay as they are")
    func entities() {
        #expect(HTMLText.unescape("a & b &amp &unknown; &#x110000; &lt;") == "a & b &amp &unknown; &#x110000; <")
        #expect(HTMLText.plain("<h1>One</h1>\n<p>two &amp; three</p>") == "One two & three")
    }

    @Test("A visitor follows only addresses of the instance")
    func addresses() throws {
        let address = try #require(RegistryAddress("http://localhost:8080"))
        let visitor = Visitor(address, caller: HTTPCaller(userAgent: "test"))
        #expect(visitor.local("/account") == "/account")
        #expect(visitor.local("http://localhost:8080/account?a=b") == "/account?a=b")
        #expect(visitor.local("http://localhost:8080") == "/")
        #expect(visitor.local("//elsewhere.example/") == nil)
        #expect(visitor.local("https://elsewhere.example/") == nil)
    }
}
