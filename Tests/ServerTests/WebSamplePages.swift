import Ecosystems
import Foundation
import Publishing
import RegistryModel
import Response
import Testing
import WebUI

/// Every page with sample values, by the name of the file that a screenshot is made from.
enum WebSamplePages {
    static func all() throws -> [(name: String, html: String)] {
        let renderer = try PageRenderer()
        return try projects(renderer) + others(renderer) + WebSampleAccountPages.all(renderer)
    }

    /// An assessment with every outcome.
    private static let scorecard = Scorecard(
        assessedAt: WebSamples.now, instance: WebSamples.publicURL, version: "0.1.0",
        binary: String(repeating: "ab", count: 32), policies: String(repeating: "cd", count: 32), operatorTokens: 1200,
        results: [
            ProbeResult("AUTHN-1.1", .pass, "no token before the address is confirmed (403); the link worked once"),
            ProbeResult("AUTHZ-3.3", .fail, "build provenance is neither taken nor served"),
        ])

    private static func projects(_ renderer: PageRenderer) throws -> [(name: String, html: String)] {
        let quarantined = WebSamples.project(
            status: .quarantined, reason: "Credential theft in 1.4.2 is being looked into")
        let scoped = WebSamples.project(
            "@lantern-works/http-client-with-a-long-name", ecosystem: "npm", visibility: .private, status: .deprecated,
            reason: "Use lantern")
        var plain = WebSamples.facts
        plain.readme = Readme(mediaType: "text/x-rst", text: "Lantern\n=======\n\nSends requests.")
        plain.installHooks = ["postinstall"]
        return [
            (
                "readme",
                renderer.html(
                    ReadmePage(
                        WebSamples.subject(), details: WebSamples.facts, readme: ReadmeView(WebSamples.facts.readme),
                        downloads: WebSamples.chart()))
            ),
            (
                "readme-yanked",
                renderer.html(
                    ReadmePage(
                        WebSamples.subject(version: "1.2.0", events: WebSamples.events), details: plain,
                        readme: ReadmeView(plain.readme),
                        downloads: DownloadChart([:], today: WebSamples.now.day)))
            ),
            (
                "readme-private",
                renderer.html(
                    ReadmePage(
                        WebSamples.subject(history: WebSamples.history(scoped), version: "1.3.0", presentation: .npm),
                        details: ReleaseFacts(), readme: ReadmeView(ReleaseFacts().readme),
                        downloads: WebSamples.chart()))
            ),
            (
                "readme-quarantined",
                renderer.html(
                    ReadmePage(
                        WebSamples.subject(history: WebSamples.history(quarantined)), details: WebSamples.facts,
                        readme: ReadmeView(WebSamples.facts.readme),
                        downloads: WebSamples.chart()))
            ),
            ("versions", renderer.html(VersionsPage(WebSamples.subject(.versions)))),
            (
                "dependencies",
                renderer.html(
                    DependenciesPage(
                        WebSamples.subject(.dependencies), dependencies: dependencies,
                        dependents: [WebSamples.project("torch-lit"), WebSamples.project("wick")],
                        presentations: WebSamples.presentations))
            ),
            ("files", renderer.html(FilesPage(WebSamples.subject(.files)))),
            (
                "history",
                renderer.html(
                    HistoryPage(WebSamples.subject(.history), events: WebSamples.events, isFirst: true, hasMore: true))
            ),
        ]
    }

    private static func others(_ renderer: PageRenderer) throws -> [(name: String, html: String)] {
        let presentations = WebSamples.presentations
        let url = WebSamples.publicURL
        let newest = lines.map { ProjectLine($0, in: presentations, date: WebSamples.now) }
        let request = SearchResultsPage.Request(text: "lant http", ecosystem: nil, page: 2)
        let hits = lines.map {
            SearchResultsPage.Hit(
                $0, matched: "name, summary or keywords", keywords: ["http", "client"], owner: "alice",
                releasedAt: WebSamples.now, request: request, presentations: presentations)
        }
        return [
            ("home", renderer.html(HomePage(newest: newest, presentations: presentations, publicURL: url))),
            ("home-empty", renderer.html(HomePage(newest: [], presentations: presentations, publicURL: url))),
            (
                "search",
                renderer.html(
                    SearchResultsPage(
                        request, hits: hits, total: 57, presentations: presentations, publicURL: url)
                )
            ),
            (
                "search-empty",
                renderer.html(
                    SearchResultsPage(
                        SearchResultsPage.Request(text: "nothing like it", ecosystem: presentations[1].id),
                        hits: [], total: 0, presentations: presentations, publicURL: url))
            ),
            (
                "browse",
                renderer.html(
                    SearchResultsPage(
                        browsing: lines, ecosystem: presentations[0].id, next: "/search?ecosystem=pypi&after=wick",
                        presentations: presentations, publicURL: url))
            ),
            (
                "not-found",
                renderer.html(
                    NotFoundPage(
                        name: "lanten", near: Array(lines.prefix(2)), presentations: presentations, publicURL: url))
            ),
            (
                "error",
                renderer.html(
                    ErrorPage(
                        Problem(.overloaded, "The registry has more to do than it can at the moment."), status: 503,
                        requestID: "5b6f0d7b9b1c4a0d", publicURL: url))
            ),
            ("policy", renderer.html(PolicyPage(UnpublishPolicy(), publicURL: url))),
            (
                "security-policy",
                renderer.html(SecurityPolicyPage(contacts: ["mailto:security@example.org"], publicURL: url))
            ),
            ("security-policy-bare", renderer.html(SecurityPolicyPage(contacts: [], publicURL: url))),
            ("scorecard", renderer.html(ScorecardPage(scorecard, isCurrent: false, publicURL: url))),
            ("scorecard-none", renderer.html(ScorecardPage(nil, isCurrent: false, publicURL: url))),
            ("help", renderer.html(HelpPage(presentations: presentations, publicURL: url))),
        ]
    }

    static let lines: [Project] = [
        WebSamples.project(),
        WebSamples.project(
            "lantern-core", ecosystem: "cargo", latest: "0.9.1", summary: "The parts without input and output"),
        WebSamples.project("@lantern-works/client", ecosystem: "npm", status: .deprecated, latest: "12.0.0-beta.4"),
        WebSamples.project("wick", latest: "2026.11", summary: nil),
    ]

    static let dependencies: [Dependency] = [
        dependency("certifi", "", "runtime"), dependency("idna", ">=2.5,<4", "runtime"),
        dependency("urllib3", ">=1.26.14,!=2.1.*; python_version >= \"3.9\"", "runtime"),
        dependency("brotli", ">=1.1", "extra:fast"), dependency("pytest", "*", "dev"),
        dependency("zstandard", "^0.22", "optional", isOptional: true),
    ]

    private static func dependency(
        _ name: String, _ requirement: String, _ kind: String, isOptional: Bool = false
    ) -> Dependency {
        Dependency(
            ecosystem: EcosystemID(rawValue: "pypi"), name: name, nameKey: name, requirement: requirement, kind: kind,
            isOptional: isOptional)
    }
}

@Suite("Pages to look at")
struct WebSamplePageTests {
    /// Where pages are written for screenshots, where that is asked for.
    private static let folder = ProcessInfo.processInfo.environment["HALLMARK_PAGES"]

    @Test("Written as files", .enabled(if: folder != nil))
    func write() throws {
        let folder = URL(filePath: try #require(Self.folder))
        let assets = StaticAssets()
        for (name, html) in try WebSamplePages.all() {
            var html = html
            for file in ["style.css", "hallmark.js", "mark.svg"] {
                html = html.replacing(assets.address(of: file), with: file)
                let body = try #require(assets.asset(at: assets.address(of: file))).body
                try Data(body).write(to: folder.appending(path: file))
            }
            try Data(html.utf8).write(to: folder.appending(path: "\(name).html"))
        }
    }
}
