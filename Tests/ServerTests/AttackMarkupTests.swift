import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Attacks: markup in every field", .timeLimit(.minutes(10)), .enabled(if: SystemPython.isAvailable))
struct AttackMarkupTests {
    private static let canary = "\"'><hm-canary onload=alert(1)>"
    private static let escaped = "%22%27%3E%3Chm-canary%20onload=alert(1)%3E"

    @Test("No field of any manifest, change or request becomes markup on any page or index")
    func canaries() async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            try await Self.publishAll(server, owner)
            var pages = 0
            for path in Self.paths {
                for accept in ["text/html", "application/json", "*/*", "application/vnd.npm.install-v1+json"] {
                    let answer = try await server.call("GET", path, token: owner, headers: ["Accept: \(accept)"])
                    #expect(answer.status < 500, "\(path): \(answer.text)")
                    #expect(answer["x-content-type-options"] == "nosniff", "\(path)")
                    switch answer["content-type"]?.prefix(while: { $0 != ";" }) {
                    case "text/html", "application/vnd.pypi.simple.v1+html":
                        pages += 1
                        Self.check(html: answer.text, path)
                        #expect(answer["content-security-policy"]?.contains("default-src 'none'") == true, "\(path)")
                    case "application/json", "application/problem+json", "application/vnd.npm.install-v1+json",
                        "application/vnd.pypi.simple.v1+json":
                        _ = try answer.json()
                    case "text/plain": break
                    case let type: Issue.record("\(path) is \(type ?? "nothing")")
                    }
                }
            }
            #expect(pages > 50, "\(pages) pages were read")
        }
    }

    private static func publishAll(_ server: LiveServer, _ owner: String) async throws {
        let home = try ClientHome()
        try await SystemPython.run([Checkout.script("hostile_packages.py"), home.path("hostile")])
        let requests = [
            ("POST", "/pypi/legacy/", "pypi", "multipart/form-data; boundary=form-boundary"),
            ("PUT", "/cargo/api/v1/crates/new", "cargo", "application/octet-stream"),
            ("PUT", "/npm/hostile", "npm", "application/json"),
            ("PUT", "/composer", "composer", "application/zip"),
            ("PUT", "/swift/team/hostile/1.0.0", "swift", "multipart/form-data; boundary=form-boundary"),
            (
                "POST", "/maven/api/v1/publisher/upload?name=\(escaped)&publishingType=AUTOMATIC", "maven",
                "multipart/form-data; boundary=form-boundary"
            ),
        ]
        for (method, path, ecosystem, type) in requests {
            let body = [UInt8](try home.data("hostile/\(ecosystem)"))
            let answer = try await server.call(
                method, path, token: owner, headers: ["Content-Type: \(type)"], body: body)
            try #require((200..<300).contains(answer.status), "\(ecosystem): \(answer.text)")
            let project = "/api/v1/projects/\(ecosystem)/\(name(ecosystem).replacing("/", with: "%2f"))"
            let release = project + "/releases/" + version(ecosystem)
            for (place, body) in [
                (release + "/deprecation", ["message": .string(canary)]),
                (release + "/yank", ["reason": .string(canary)]),
                (project + "/status", ["status": "deprecated", "reason": .string(canary)]),
            ] as [(String, JSONValue)] {
                try #require(try await server.call("PUT", place, token: owner, json: body).status == 204, "\(place)")
            }
        }
    }

    private static func name(_ ecosystem: String) -> String {
        ["composer": "hostile/hostile", "swift": "team.hostile", "maven": "team:hostile"][ecosystem] ?? "hostile"
    }

    private static func version(_ ecosystem: String) -> String { ecosystem == "pypi" ? "1.0" : "1.0.0" }

    private static var paths: [String] {
        let hostile = escaped
        var paths = [
            "/", "/search?q=hostile", "/search?q=\(hostile)", "/search?ecosystem=\(hostile)",
            "/search?ecosystem=pypi&after=\(hostile)",
            "/help", "/\(hostile)", "/p/\(hostile)", "/docs/\(hostile)", "/static/\(hostile)", "/pypi/simple/",
            "/pypi/simple/hostile/",
            "/pypi/simple/\(hostile)/", "/pypi/pypi/hostile/json", "/pypi/pypi/hostile/1.0/json",
            "/pypi/files/hostile/1.0/\(hostile)",
            "/cargo/ho/st/hostile", "/cargo/\(hostile)", "/cargo/api/v1/crates?q=hostile",
            "/cargo/api/v1/crates/\(hostile)/1/download",
            "/npm/hostile", "/npm/hostile?write=true", "/npm/hostile/1.0.0", "/npm/\(hostile)",
            "/npm/hostile/\(hostile)", "/composer/p2/hostile/hostile.json", "/composer/p2/hostile/\(hostile).json",
            "/composer/search.json?q=hostile", "/composer/search.json?q=\(hostile)&type=\(hostile)",
            "/composer/list.json?filter=\(hostile)", "/composer/packages.json",
            "/npm/-/v1/search?text=hostile", "/npm/-/package/hostile/dist-tags", "/api/v1/search?q=hostile",
            "/api/v1/\(hostile)", "/swift/team/hostile", "/swift/team/hostile/1.0.0", "/swift/team/\(hostile)",
            "/swift/identifiers?url=\(hostile)", "/maven/releases/team/hostile/maven-metadata.xml",
            "/maven/releases/team/\(hostile)/maven-metadata.xml",
        ]
        for ecosystem in ["pypi", "cargo", "npm", "composer", "swift", "maven"] {
            let version = version(ecosystem)
            let page = "/p/\(ecosystem)/\(name(ecosystem))"
            let tabs = ["versions", "dependencies", "files", "history"]
            paths += [page, "\(page)/\(version)", "\(page)/\(hostile)", "/p/\(ecosystem)/\(hostile)"]
            paths += tabs.flatMap { ["\(page)/\($0)", "\(page)/\(version)/\($0)"] }
            let project = "/api/v1/projects/\(ecosystem)/\(name(ecosystem).replacing("/", with: "%2f"))"
            paths += [project, project + "/events", project + "/members", "/api/v1/projects/\(ecosystem)/\(hostile)"]
        }
        return paths
    }

    private static func check(html: String, _ path: String) {
        #expect(!html.contains("<hm-canary"), "\(path)")
        let outline = WebHTMLOutline(html)
        for element in outline.elements {
            #expect(!element.name.hasPrefix("hm-"), "\(path): an element \(element.name)")
            for attribute in element.attributes {
                let isPlain = !attribute.name.lowercased().hasPrefix("on") && !attribute.name.contains("canary")
                #expect(isPlain, "\(path): \(element.name) has \(attribute.name)")
            }
            for name in ["href", "src", "action"] {
                guard let address = element[name]?.lowercased() else { continue }
                let isSafe = ["https://", "http://", "/", "#", "?", "mailto:"].contains { address.hasPrefix($0) }
                #expect(isSafe && !address.hasPrefix("//"), "\(path): \(address)")
            }
        }
    }
}
