import Ecosystems
import HTTPSupport
import Publishing
import RegistryModel
import Testing
import WebUI

@Suite("Pages")
struct WebPageTests {
    /// The attributes that templates write; anything else came from a value that broke out.
    static let attributes: Set<String> = [
        "accept", "action", "align", "aria-current", "aria-describedby", "aria-hidden", "aria-label",
        "aria-labelledby", "autocapitalize", "autocomplete", "charset", "checked", "class", "content", "d",
        "data-copy", "data-label", "data-options", "data-status", "data-webauthn", "datetime", "defer", "dir",
        "download", "fill", "for", "height", "hidden", "href", "id", "inputmode", "lang", "maxlength", "method",
        "name", "placeholder", "preserveAspectRatio", "rel", "required", "role", "rows", "scope", "selected",
        "spellcheck", "src", "start", "tabindex", "title", "type", "value", "viewBox", "width", "x", "y",
    ]

    static func check(_ name: String, _ html: String) {
        let outline = WebHTMLOutline(html)
        #expect(outline.faults.isEmpty, "\(name)")
        let unknown = Set(outline.elements.flatMap { $0.attributes.map(\.name) }).subtracting(attributes)
        #expect(unknown.isEmpty, "\(name): a value became an attribute")
        #expect(outline.all("script").allSatisfy { $0["src"]?.hasPrefix("/static/") == true }, "\(name)")
        // One, and a second one where the page asks for a passkey or a security key.
        let isCeremony = outline.elements.contains { $0["data-webauthn"] != nil }
        #expect(outline.all("script").count == (isCeremony ? 2 : 1), "\(name)")
        #expect(outline.all("style").isEmpty && outline.all("iframe").isEmpty && outline.all("img").isEmpty, "\(name)")
        for element in outline.elements {
            for address in [element["href"], element["src"], element["action"]].compactMap(\.self) {
                let isAllowed =
                    ["/", "#", "https://", "http://", "mailto:"].contains { address.hasPrefix($0) }
                    && !address.hasPrefix("//")
                #expect(isAllowed, "\(name): <\(element.name)> leads to \(address)")
            }
        }
    }

    @Test("Every sample is well-formed and holds nothing but its own script")
    func samples() throws {
        for (name, html) in try WebSamplePages.all() { Self.check(name, html) }
    }

    @Test("Headings begin with one h1 and skip no level; landmarks and the skip link are there")
    func structure() throws {
        for (name, html) in try WebSamplePages.all() {
            let outline = WebHTMLOutline(html)
            #expect(outline.headings.first == 1 && outline.headings.filter { $0 == 1 }.count == 1, "\(name)")
            for (above, below) in zip(outline.headings, outline.headings.dropFirst()) {
                #expect(below <= above + 1, "\(name): h\(below) after h\(above)")
            }
            #expect(outline.all("main").count == 1 && outline.all("header").count >= 1, "\(name)")
            #expect(outline.all("footer").count == 1 && outline.all("nav").allSatisfy { $0["aria-label"] != nil })
            #expect(outline.all("a").first?["href"] == "#main", "\(name)")
            let labels = Set(outline.all("label").compactMap { $0["for"] })
            for input in outline.all("input") where !["radio", "hidden"].contains(input["type"]) {
                #expect(labels.contains(input["id"] ?? ""), "\(name): an input without a label")
            }
            let ids = Set(outline.elements.compactMap { $0["id"] })
            for element in outline.elements {
                guard let target = element["aria-labelledby"] else { continue }
                #expect(ids.contains(target), "\(name): nothing has the id \(target)")
            }
        }
    }

    @Test("Every kind of field says its hint and is described by it; digits bring up the keys for digits")
    func hints() throws {
        let token = FormToken(key: Array(repeating: 7, count: 32))
        let choices = [FieldView.Option("a", "A", hint: "Hint of a choice.")]
        let fields: [FieldView] = [
            .text("line", "Line", hint: "Hint of a line."),
            .password("password", "Password", hint: "Hint of a password."),
            .code("code", "Code", hint: "Hint of a code."), .area("area", "Area", hint: "Hint of an area."),
            .select("select", "Select", choices, hint: "Hint of a list."),
            .checkboxes("boxes", "Boxes", choices, hint: "Hint of boxes."),
        ]
        let page = AccountPage(
            "Fields", person: "alice", menu: [],
            blocks: [PageBlock(forms: [FormView("/x", token: token, id: "f", fields, submit: "Go")])],
            publicURL: WebSamples.publicURL)
        let html = try PageRenderer().html(page)
        let outline = WebHTMLOutline(html)
        let ids = Set(outline.elements.compactMap { $0["id"] })
        for kind in ["a line", "a password", "a code", "an area", "a list", "boxes", "a choice"] {
            #expect(html.contains("Hint of \(kind)."), "\(kind)")
        }
        let described = outline.elements.compactMap { $0["aria-describedby"] }
        #expect(described.count == 5 && Set(described).isSubset(of: ids))
        #expect(outline.all("input").contains { $0["inputmode"] == "numeric" })
        #expect(
            outline.all("input").map { $0["type"] } == ["search", "hidden", "text", "password", "text", "checkbox"])
    }

    @Test("The first page fits in 60 KB with all it loads")
    func size() throws {
        let assets = StaticAssets()
        let loaded = ["style.css", "hallmark.js", "mark.svg"].reduce(0) {
            $0 + (assets.asset(at: assets.address(of: $1))?.body.count ?? .max / 8)
        }
        for (name, html) in try WebSamplePages.all() {
            #expect(html.utf8.count + loaded < 60_000, "\(name)")
        }
    }

    @Test("A link to a file of ours changes with the file's content")
    func assets() throws {
        let renderer = try PageRenderer()
        let html = renderer.html(HomePage(newest: [], presentations: [], publicURL: WebSamples.publicURL))
        let outline = WebHTMLOutline(html)
        let addresses = outline.all("link").compactMap { $0["href"] } + outline.all("script").compactMap { $0["src"] }
        let ours = addresses.filter { $0.hasPrefix("/static/") }
        #expect(ours.count == 3)
        #expect(ours.allSatisfy { renderer.assets.asset(at: $0) != nil })
        #expect(renderer.assets.asset(at: "/static/style.css") == nil)
    }

    @Test("Quarantine takes the install lines and the downloads away, and says why")
    func quarantine() throws {
        let renderer = try PageRenderer()
        let history = WebSamples.history(WebSamples.project(status: .quarantined, reason: "Stolen credentials"))
        let page = renderer.html(
            ReadmePage(
                WebSamples.subject(history: history), details: WebSamples.facts, readme: nil,
                downloads: WebSamples.chart()))
        #expect(page.contains("Do not install it") && page.contains("Stolen credentials"))
        #expect(!page.contains("pip install"))
        let files = renderer.html(FilesPage(WebSamples.subject(.files, history: history)))
        #expect(!files.contains("/pypi/files/"))
    }

    @Test("A yanked version says who, when and why, and names another")
    func yanked() throws {
        let page = try PageRenderer().html(
            ReadmePage(
                WebSamples.subject(version: "1.2.0", events: WebSamples.events), details: WebSamples.facts,
                readme: nil, downloads: WebSamples.chart()))
        #expect(page.contains("Version 1.2.0 was yanked by alice on 25 Jun 2026."))
        #expect(page.contains("Drops the last byte of chunked answers"))
        #expect(page.contains("<a href=\"/p/pypi/lantern/1.4.2\">1.4.2</a>"))
        #expect(page.contains("pip install --index-url https://packages.example.org/pypi/simple/ lantern==1.2.0"))
    }

    @Test("The policy states the values that are enforced")
    func policy() throws {
        let policy = UnpublishPolicy(hours: 48, downloads: 1500, protectsDependents: false, restoreDays: 7)
        let html = try PageRenderer().html(PolicyPage(policy, publicURL: WebSamples.publicURL))
        #expect(html.contains("48 hours") && html.contains("1,500 times") && html.contains("7 days"))
        #expect(!html.contains("depends on it"))
    }

    @Test("Versions are in the order of the ecosystem, highest first")
    func versionOrder() throws {
        let releases = ["1.10.0", "1.9.0", "1.9.0rc1", "2.0.0.dev1"].map { WebSamples.release($0) }
        let html = try PageRenderer().html(
            VersionsPage(WebSamples.subject(.versions, history: WebSamples.history(releases: releases))))
        let rows = WebHTMLOutline(html).all("a").filter { $0["class"] == "mono" }.compactMap { $0["href"] }
        #expect(
            rows == ["2.0.0.dev1", "1.10.0", "1.9.0", "1.9.0rc1"].map { "/p/pypi/lantern/\($0)" })
    }

    @Test("Documents that are part of the binary are pages, with the anchors that problem documents lead to")
    func documents() throws {
        let page = try #require(DocumentPage("errors", publicURL: WebSamples.publicURL))
        let html = try PageRenderer().html(page)
        Self.check("errors", html)
        let ids = Set(WebHTMLOutline(html).elements.compactMap { $0["id"] })
        for code in Problem.Code.allCases { #expect(ids.contains(code.rawValue)) }
        #expect(DocumentPage("../errors", publicURL: WebSamples.publicURL) == nil)
    }
}
