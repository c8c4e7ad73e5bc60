import Accounts
import Ecosystems
import Formats
import HTTPSupport
import HTTPTypes
import HallmarkTesting
import Hummingbird
import Publishing
import RegistryModel
import Testing
import WebUI

@Suite("Pages over HTTP")
struct WebRouteTests {
    static let presentation = EcosystemPresentation(
        id: EcosystemID(rawValue: "plain"), displayName: "Plain", versions: PlainFormat().versions,
        clients: ["plainly"], path: "/plain/", fileKinds: ["text": "Text"], readmeAdvice: "write one.",
        installLines: { project, _, url in [.init("plainly", "plainly get \(url)/\(project)")] },
        filePath: { "/plain/\($0)/\($1)/\($2)" }, guides: { [.init("Use it", [.init("Do:", "plainly use \($0)")])] })

    private func withPages(
        visibility: Visibility = .public, _ body: @Sendable @escaping (HTTPFixture, TestRegistry) async throws -> Void
    ) async throws {
        try await withRegistry(.sqlite, visibility: visibility) { registry in
            let publicURL = try #require(PublicURL("https://registry.example"))
            let cache = ResponseCache(bytes: 1 << 20)
            let services = RegistryServices(
                catalog: registry.catalog, publishing: registry.publishing, lifecycle: registry.lifecycle,
                stagings: registry.stagings,
                accounts: registry.accounts, cache: cache, downloads: registry.downloads, publicURL: publicURL,
                limits: ServerLimits(), clock: registry.clock)
            let renderer = try PageRenderer()
            var setup = HTTPSetup()
            setup.dialects = [
                ("", PageErrorDialect(renderer: renderer, publicURL: publicURL, presentations: [Self.presentation]))
            ]
            let routes = WebUIRoutes(services: services, presentations: [Self.presentation], renderer: renderer)
            try await withHTTPServer(setup, routes: { routes.addRoutes(to: $0) }) { server in
                try await body(server, registry)
            }
        }
    }

    @Test("A published project is on the first page, in the search and has pages of its own")
    func walk() async throws {
        try await withPages { server, registry in
            let empty = try await server.exchange("GET /")
            #expect(empty.status == 200 && empty.text.contains("Nothing has been published here yet"))
            let alice = try await registry.person("alice")
            _ = try await registry.publish("wick", "1.0.0", by: alice)
            _ = try await registry.publish("lantern", "1.0.0", by: alice, dependencies: ["wick"])
            try await registry.lifecycle.yank(
                EcosystemID(rawValue: "plain"), name: "lantern", version: "1.0.0", reason: "It leaks.", by: alice)
            _ = try await registry.publish("lantern", "1.1.0", by: alice, dependencies: ["wick"])
            let expectations: [(String, String)] = [
                ("/search?q=lant", "matches by the beginning of the name"), ("/search?q=lanterm", "a similar name"),
                ("/search", "The most recently released"), ("/search?ecosystem=plain", "By name"),
                ("/p/plain/lantern", "plainly get https://registry.example/lantern"),
                ("/p/plain/lantern/1.0.0", "Version 1.0.0 was yanked by alice"),
                ("/p/plain/lantern/versions", "It leaks."), ("/p/plain/lantern/dependencies", "/p/plain/wick"),
                ("/p/plain/wick/dependencies", "/p/plain/lantern"),
                ("/p/plain/lantern/files", "/plain/lantern/1.1.0/lantern-1.1.0.txt"),
                ("/p/plain/lantern/history", "alice published 1.1.0"),
                ("/help", "plainly use https://registry.example"),
                ("/policies/unpublish", "72 hours"), ("/docs/errors", "id=\"not-owner\""),
            ]
            for (target, text) in expectations {
                let response = try await server.exchange("GET \(target)")
                #expect(response.status == 200, "\(target)")
                #expect(response.text.contains(text), "\(target)")
                WebPageTests.check(target, response.text)
            }
        }
    }

    @Test("Every page forbids what it does not need, and is asked about rather than kept")
    func headers() async throws {
        try await withPages { server, registry in
            _ = try await registry.publish("lantern", "1.0.0", by: try await registry.person("alice"))
            for target in ["/", "/search?q=x", "/p/plain/lantern", "/help", "/p/plain/nothing", "/nowhere"] {
                let response = try await server.exchange("GET \(target)", ["Accept: text/html"])
                #expect(response.values("content-security-policy").count == 1)
                let policy = try #require(response["content-security-policy"])
                #expect(policy.hasPrefix("default-src 'none'; style-src 'self'; script-src 'self';"), "\(target)")
                #expect(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"))
                #expect(policy.contains("base-uri 'none'") && policy.contains("form-action 'self'"))
                #expect(response["x-content-type-options"] == "nosniff")
                #expect(response["content-type"] == "text/html; charset=utf-8")
            }
            let page = try await server.exchange("GET /p/plain/lantern")
            #expect(page["cache-control"] == "no-cache")
            let tag = try #require(page["etag"])
            let again = try await server.exchange("GET /p/plain/lantern", ["If-None-Match: \(tag)"])
            #expect(again.status == 304 && again.body.isEmpty)
            let head = try await server.exchange("HEAD /p/plain/lantern")
            #expect(head.status == 200 && head["etag"] == tag && head.body.isEmpty)
        }
    }

    @Test("What is not public is for its readers only and is not stored")
    func privacy() async throws {
        try await withPages(visibility: .internal) { server, registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            let token = try await registry.accounts.createOperatorToken(
                userName: "alice", scopes: [], lifetimeSeconds: 3600)
            let anonymous = try await server.exchange("GET /p/plain/lantern")
            #expect(anonymous.status == 401 && anonymous["www-authenticate"]?.hasPrefix("Basic") == true)
            #expect(anonymous["cache-control"] == "no-store" && anonymous.text.contains("__token__"))
            #expect(!anonymous.text.contains("All about lantern"))
            let reader = try await server.exchange("GET /p/plain/lantern", ["Authorization: Bearer \(token)"])
            #expect(reader.status == 200 && reader.text.contains("internal: only for people who are signed in"))
            #expect(reader.values("cache-control") == ["private, no-store"])
            #expect(try await server.exchange("GET /p/plain/lantern").status == 401)
            #expect(!(try await server.exchange("GET /")).text.contains("lantern"))
            #expect(!(try await server.exchange("GET /search?q=lantern")).text.contains("/p/plain/lantern"))
            let search = try await server.exchange("GET /search?q=lantern", ["Authorization: Bearer \(token)"])
            #expect(search.text.contains("/p/plain/lantern") && search.values("cache-control") == ["private, no-store"])
        }
    }

    @Test("An address without a page helps on")
    func notFound() async throws {
        try await withPages { server, registry in
            _ = try await registry.publish("lantern", "1.0.0", by: try await registry.person("alice"))
            let near = try await server.exchange("GET /p/plain/lanterm")
            #expect(near.status == 404 && near.text.contains("There is no package “lanterm” here"))
            #expect(near.text.contains("/p/plain/lantern") && near.text.contains("value=\"lanterm\""))
            let version = try await server.exchange("GET /p/plain/lantern/9.9.9")
            #expect(version.status == 404 && version.text.contains("lantern has no version “9.9.9”"))
            for target in [
                "/p/plain", "/p/unknown/x", "/p/plain/a%2F..%2Fb", "/p/plain/%00", "/docs/nothing", "/static/x.css",
            ] {
                let response = try await server.exchange("GET \(target)")
                #expect(response.status == 404, "\(target)")
                #expect(response["content-type"] == "text/html; charset=utf-8", "\(target)")
            }
            let odd = try await server.exchange("GET /p/plain/%3Cscript%3E")
            #expect(odd.status == 404 && !odd.text.contains("<script>"))
            let machine = try await server.exchange("GET /nowhere")
            #expect(machine["content-type"] == "application/problem+json")
            let browser = try await server.exchange("GET /nowhere", ["Accept: text/html,*/*;q=0.8"])
            #expect(browser.status == 404 && browser.text.contains("There is nothing at this address"))
        }
    }

    @Test("Queries are bounded and never trusted")
    func queries() async throws {
        try await withPages { server, _ in
            for query in [
                "q=%", "q=%FF%FE", "q=%00", "page=-1", "page=99999999999999999999", "q=a&q=b", "&&=&=", "ecosystem=%22",
                "q=" + String(repeating: "x", count: 3000), "q=%22%3E%3Cscript%3E", "after=%27&ecosystem=plain",
            ] {
                let response = try await server.exchange("GET /search?\(query)")
                #expect(response.status == 200, "\(query.prefix(40))")
                WebPageTests.check(query, response.text)
            }
            for query in ["before=x", "before=-1", "page=0"] {
                #expect(try await server.exchange("GET /p/plain/none/history?\(query)").status == 404)
            }
        }
    }

    @Test("Static files are kept for ever under addresses that change with them")
    func statics() async throws {
        try await withPages { server, _ in
            let home = WebHTMLOutline(try await server.exchange("GET /").text)
            let addresses = (home.all("link").map { $0["href"] } + home.all("script").map { $0["src"] })
                .compactMap(\.self).filter { $0.hasPrefix("/static/") }
            #expect(addresses.count == 3)
            for address in addresses {
                let response = try await server.exchange("GET \(address)")
                #expect(response.status == 200)
                #expect(response.values("cache-control") == ["public, max-age=31536000, immutable"])
                #expect(response["etag"] != nil)
                let small = try await server.exchange("GET \(address)", ["Accept-Encoding: gzip"])
                #expect(small.body.count <= response.body.count)
            }
            let icon = try await server.exchange("GET /favicon.ico")
            #expect(icon.status == 307 && addresses.contains(icon["location"] ?? ""))
        }
    }
}
