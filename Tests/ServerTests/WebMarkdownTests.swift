import HallmarkTesting
import Testing
import WebUI

@Suite("Markdown from strangers")
struct WebMarkdownTests {
    private func html(_ markdown: String) throws -> String {
        try #require(MarkdownRenderer(headingBase: 3).html(markdown))
    }

    @Test(
        "Nothing that runs, loads or looks like another address gets through",
        arguments: [
            "<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "<a href=\"javascript:alert(1)\">x</a>",
            "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](java&#10;script:alert(1))",
            "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](vbscript:x)", "[x](//evil.example/)",
            "[x](file:///etc/passwd)",
            "<javascript:alert(1)>", "![x](javascript:alert(1))", "![x](data:image/svg+xml,<svg>)",
            "[x](https://good.example@evil.example/)", "[a]: javascript:alert(1)\n\n[a]", "[x](\"onmouseover=alert(1))",
            "[x](https://a.example/\"onmouseover=\"alert(1))", "```\" onclick=\"x\ncode\n```",
            "<!-- x --><style>*{}</style>",
            "<svg><a xlink:href=\"javascript:alert(1)\">", "<details open ontoggle=alert(1)>", "[x](<https://a b>)",
        ])
    func hostile(markdown: String) throws {
        let page = "<!doctype html>\n" + (try html(markdown))
        let outline = WebHTMLOutline(page)
        #expect(outline.faults.isEmpty)
        let allowed: Set<String> = ["href", "rel", "class", "id", "align", "role", "aria-label", "start"]
        for element in outline.elements {
            #expect(!["script", "img", "svg", "style", "details", "iframe"].contains(element.name))
            #expect(Set(element.attributes.map(\.name)).isSubset(of: allowed))
            guard let address = element["href"] else { continue }
            let isSafe = ["https://", "http://", "mailto:", "#readme-"].contains { address.hasPrefix($0) }
            #expect(isSafe && !address.contains("@evil"), "\(address)")
        }
    }

    @Test("Characters that no HTML document may hold are left out, however they are written")
    func controlCharacters() throws {
        let text = try html("a&#12;b&#x1c;c&#127;d&#0;e\u{0B}f")
        #expect(text == "<p>abcd\u{FFFD}ef</p>\n")
        let code = try html("```\na&#12;\u{1}b\n```")
        #expect(code == "<pre><code>a&amp;#12;b\n</code></pre>\n")
    }

    @Test("Links say that we do not vouch for them; remote images become links")
    func linksAndImages() throws {
        #expect(
            try html("[a](https://a.example/?b=1&c=2)")
                == "<p><a href=\"https://a.example/?b=1&amp;c=2\" rel=\"nofollow noopener\">a</a></p>\n")
        #expect(
            try html("![Chart](http://a.example/c.png)")
                == "<p><a class=\"image\" href=\"http://a.example/c.png\" rel=\"nofollow noopener\">Chart</a></p>\n")
        #expect(try html("![](./local.png)") == "<p><span class=\"image\">image</span></p>\n")
        #expect(
            try html("[![Build](https://a.example/b.svg)](https://ci.example)")
                == "<p><a href=\"https://ci.example\" rel=\"nofollow noopener\"><span class=\"image\">Build</span></a></p>\n"
        )
        #expect(!(try html("![a [b](https://b.example) c](https://a.example/i.png)")).contains("b.example"))
        #expect(try html("see www.example.com").contains("href=\"http://www.example.com\""))
    }

    @Test("Headings stand below the page's own and skip no level")
    func headings() throws {
        let outline = WebHTMLOutline("<!doctype html>\n" + (try html("# A\n#### B\n# A\n###### C\n## D\n")))
        #expect(outline.headings == [3, 4, 3, 4, 4])
        #expect(
            outline.elements.compactMap { $0["id"] } == ["readme-a", "readme-b", "readme-a-1", "readme-c", "readme-d"])
        #expect(try html("## Use it!\n[x](#use-it) [y](#nothing)").contains("<a href=\"#readme-use-it\">x</a> y"))
        let deep = WebHTMLOutline(
            "<!doctype html>\n" + (try html((1...6).map { String(repeating: "#", count: $0) + " x\n" }.joined())))
        #expect(deep.headings == [3, 4, 5, 6, 6, 6])
    }

    @Test("Tables, strikethrough and task lists")
    func extensions() throws {
        let table = try html("| a | b |\n|---|--:|\n| 1 | ~~2~~ |\n")
        #expect(table.contains("<table>") && table.contains("<td align=\"right\"><del>2</del></td>"))
        let tasks = try html("- [x] one\n- [ ] two\n")
        #expect(tasks.contains("aria-label=\"done\"") && tasks.contains("aria-label=\"to do\""))
        #expect(!tasks.contains("<input"))
    }

    @Test("Other line ends, and characters outside ASCII")
    func lineEnds() throws {
        #expect(try html("# A\r\nb\r\n\r\nc\rd") == (try html("# A\nb\n\nc\nd")))
        #expect(try html("größer 漢字 🙂") == "<p>größer 漢字 🙂</p>\n")
        #expect(try html("") == "")
    }

    /// Shapes on which the library takes the square of the length or worse, or stops the process.
    static let traps: [(name: String, markdown: String)] = [
        ("too long", String(repeating: "a\n\n", count: 100_000)),
        ("10,000 quotes", String(repeating: ">", count: 10_000) + "x"),
        ("nested lists", String(repeating: "- ", count: 10_000) + "x"),
        ("numbered lists", String(repeating: "1. ", count: 10_000) + "x"),
        ("deep brackets", String(repeating: "*a **b ", count: 20_000)),
        (
            "reference amplification",
            "[a]: " + String(repeating: "x", count: 60_000) + "\n" + String(repeating: "[a]", count: 20_000)
        ),
        (
            "title amplification",
            "[a]: u\n\"" + String(repeating: "x ", count: 30_000) + "\"\n\n" + String(repeating: "[a]", count: 20_000)
        ),
        (
            "angle amplification",
            "[a]: <" + String(repeating: "x ", count: 30_000) + ">\n\n" + String(repeating: "[a]", count: 20_000)
        ),
        ("image openers", String(repeating: "![[]()", count: 30_000)),
        (
            "wide table",
            "|" + String(repeating: "x|", count: 20_000) + "\n|" + String(repeating: "-|", count: 20_000) + "\n"
                + String(repeating: "a\n", count: 20_000)
        ),
        (
            "padded table",
            "|" + String(repeating: "x|", count: 200) + "\n|" + String(repeating: "-|", count: 200) + "\n"
                + String(repeating: "a\n", count: 60_000)
        ),
        ("many second lines", String(repeating: "x\n|-|-\n", count: 30_000)),
        ("paragraph before a table", String(repeating: "a\n", count: 100_000) + "|a|\n|-|\n"),
        ("addresses", String(repeating: "_www.", count: 40_000)),
        ("parentheses", "http://a.b/" + String(repeating: ")", count: 200_000)),
    ]

    @Test("Shapes that would exhaust the library are answered with little", arguments: traps.map(\.name))
    func exhaustion(name: String) throws {
        let markdown = try #require(Self.traps.first { $0.name == name }).markdown
        let limit = ContinuousClock.now + hangLimit
        let html = MarkdownRenderer(headingBase: 3).html(markdown)
        #expect(ContinuousClock.now < limit, "some of these take hours without the guard")
        #expect((html?.utf8.count ?? 0) < 8 << 20)
    }

    @Test("What is refused is shown as it was written")
    func fallback() throws {
        #expect(MarkdownRenderer().html(String(repeating: ">", count: 10_000)) == nil)
        #expect(MarkdownRenderer().html(String(repeating: "- ", count: 200) + "x") == nil)
        #expect(MarkdownRenderer().html(String(repeating: "> ", count: 40) + "x") != nil)
        #expect(
            MarkdownRenderer().html(
                "x\n\n" + String(repeating: "-", count: 400) + "\n\n" + String(repeating: "* ", count: 100)) != nil)
    }

    @Test("A large but usual text is rendered")
    func usual() throws {
        var text = "# Changes\n\n"
        for number in 1...400 {
            text +=
                "## 1.\(number).0\n\n- One [link](https://example.org/\(number)), see [#\(number)]\n- Two `code`\n\n"
        }
        text += "| a | b | c |\n|---|---|---|\n" + String(repeating: "| 1 | 2 | 3 |\n", count: 500) + "\n"
        for number in 1...400 { text += "[#\(number)]: https://example.org/issues/\(number)\n" }
        let html = try html(text)
        #expect(html.contains("<table>") && html.contains("href=\"https://example.org/issues/400\""))
    }
}
