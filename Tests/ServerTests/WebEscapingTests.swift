import Ecosystems
import Publishing
import RegistryModel
import Testing
import WebUI

@Suite("Values that strangers wrote")
struct WebEscapingTests {
    /// Texts that would break out of an element, of an attribute, or of both; some only where escaping goes by grapheme.
    static let hostile = [
        "<script>alert(1)</script>", "\" onmouseover=\"alert(1)", "' onmouseover='alert(1)",
        "</title><svg onload=alert(1)>",
        "\"\u{301} onmouseover=\u{301}\"alert(1)", "<\u{301}img src=x onerror=alert(1)>", "\"\u{200D}><b>",
        "{{{frame.title}}}{{#page}}", "javascript:alert(1)", "&lt;script&gt;", "-->", "]]>", "a\u{0}b\u{1B}c",
    ]

    @Test("No value of a project becomes markup", arguments: hostile)
    func project(text: String) throws {
        let renderer = try PageRenderer()
        let subject = Self.subject(text)
        var facts = ReleaseFacts()
        facts.summary = text
        facts.license = text
        facts.homepage = text
        facts.repository = "https://example.org/\(text)"
        facts.documentation = "javascript:\(text)"
        facts.keywords = [text]
        facts.authors = [text]
        facts.installHooks = [text]
        let plain = ReadmeView(Readme(mediaType: "text/plain", text: text))
        let markdown = ReadmeView(
            Readme(mediaType: "text/markdown", text: "# \(text)\n\n\(text)\n\n[\(text)](\(text))"))
        let chart = WebSamples.chart()
        for html in [
            renderer.html(ReadmePage(subject, details: facts, readme: plain, downloads: chart)),
            renderer.html(ReadmePage(subject, details: facts, readme: markdown, downloads: chart)),
            renderer.html(VersionsPage(subject)), renderer.html(FilesPage(subject)),
            renderer.html(
                DependenciesPage(
                    subject, dependencies: [Self.dependency(text)], dependents: [subject.project],
                    presentations: WebSamples.presentations)),
            renderer.html(HistoryPage(subject, events: subject.events, isFirst: false, hasMore: true)),
        ] {
            Self.check(html, text)
        }
    }

    @Test("No value of a request becomes markup", arguments: hostile)
    func request(text: String) throws {
        let renderer = try PageRenderer()
        let presentations = WebSamples.presentations
        let request = SearchResultsPage.Request(text: text, ecosystem: nil)
        let hit = SearchResultsPage.Hit(
            Self.subject(text).project, matched: text, keywords: [text], owner: text, releasedAt: WebSamples.now,
            request: request, presentations: presentations)
        let url = WebSamples.publicURL
        for html in [
            renderer.html(
                SearchResultsPage(request, hits: [hit], total: 100, presentations: presentations, publicURL: url)),
            renderer.html(SearchResultsPage(request, hits: [], total: 0, presentations: presentations, publicURL: url)),
            renderer.html(NotFoundPage(name: text, presentations: presentations, publicURL: url)),
            renderer.html(
                NotFoundPage(version: text, of: WebSamples.project(), presentations: presentations, publicURL: url)),
            renderer.html(ErrorPage(Problem(.badRequest, text), status: 400, requestID: text, publicURL: url)),
            renderer.html(
                HomePage(
                    newest: [ProjectLine(Self.subject(text).project, in: presentations, date: WebSamples.now)],
                    presentations: presentations, publicURL: url)),
        ] {
            Self.check(html, text)
        }
    }

    private static func check(_ html: String, _ text: String) {
        WebPageTests.check(text, html)
        #expect(!html.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" })
        #expect(!html.contains("<script>") && !html.contains("<b>"))
    }

    private static func subject(_ text: String) -> ProjectSubject {
        let file = WebSamples.file(text, kind: text, size: -1, byte: 7)
        let release = WebSamples.release(
            text, state: .yanked, reason: text, deprecation: text, publisher: text, kind: .operatorToken, files: [file])
        let project = WebSamples.project(
            text, visibility: .private, status: .deprecated, reason: text, latest: text, summary: text)
        let history = ProjectHistory(
            project: project, releases: [release], tags: [text: text],
            members: [ProjectMember(userID: 1, userName: text, role: .owner)])
        let details: [(String, JSONValue)] = ["version", "reason", "file", "user", "role", "tag", "status"].map {
            ($0, .string(text))
        }
        let kinds = ["release.yanked", "member.added", "tag.set", "project.status", text]
        return WebSamples.subject(
            history: history, version: text, events: kinds.compactMap { WebSamples.event($0, details) })
    }

    private static func dependency(_ text: String) -> Dependency {
        Dependency(
            ecosystem: EcosystemID(rawValue: text), name: text, nameKey: text, requirement: text, kind: "extra:\(text)",
            isOptional: true)
    }
}
