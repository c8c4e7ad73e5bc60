import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Attacks: caches and hosts", .timeLimit(.minutes(10)), .enabled(if: SamplePackage.isAvailable))
struct AttackCacheTests {
    /// Addresses of a private package's documents, and spellings that a cache or a router could take for the same.
    private static func addresses() -> [String] {
        let plain = [
            "/npm/vault", "/npm/vault/1.0.0", "/npm/vault/-/vault-1.0.0.tgz", "/npm/-/package/vault/dist-tags",
            "/pypi/simple/vault/",
            "/pypi/pypi/vault/json", "/pypi/files/vault/1.0.0/vault-1.0.0-py3-none-any.whl", "/cargo/va/ul/vault",
            "/cargo/api/v1/crates/vault/1.0.0/download", "/composer/p2/vault/vault.json",
            "/composer/p2/vault/vault~dev.json", "/composer/dist/vault/vault/vault-vault-1.0.0.zip", "/p/npm/vault",
            "/p/pypi/vault/files",
            "/p/cargo/vault/history",
            "/api/v1/projects/npm/vault", "/api/v1/projects/pypi/vault/events", "/npm/-/v1/search?text=vault",
            "/api/v1/search?q=vault", "/search?q=vault", "/cargo/api/v1/crates?q=vault",
        ]
        return plain.flatMap { path -> [String] in
            let separator = path.contains("?") ? "&" : "?"
            return [
                path, path.replacing("vault", with: "%76ault"), path.replacing("vault", with: "VAULT"),
                path + separator + "x=1",
                path.contains("?") ? path : path + "/", path.replacing("/vault", with: "//vault"),
            ]
        }
    }

    /// The private packages.
    private static let vaults = [
        ("npm", "vault"), ("pypi", "vault"), ("cargo", "vault"), ("composer", "vault/vault"),
    ]

    private static func visibility(_ ecosystem: String, _ name: String) -> String {
        "/api/v1/projects/\(ecosystem)/\(name.replacing("/", with: "%2f"))/visibility"
    }

    private static let variants: [[String]] = [
        [], ["Accept: text/html"], ["Accept: application/json"], ["Accept: application/vnd.pypi.simple.v1+json"],
        ["Accept: application/vnd.npm.install-v1+json"], ["Accept-Encoding: gzip"], ["Accept-Encoding: identity"],
        ["If-None-Match: *"], ["Range: bytes=0-9"], ["Cache-Control: only-if-cached"],
    ]

    @Test("What one may read never comes to another, in whatever order and spelling they ask")
    func privateBytes() async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            let stranger = try await server.person("stranger")
            for (ecosystem, name) in Self.vaults {
                try await server.publish(.make(ecosystem, name), token: owner)
                let change = try await server.call(
                    "PUT", Self.visibility(ecosystem, name), token: owner, json: ["visibility": "private"])
                try #require(change.status == 204)
            }
            var seen = 0
            for address in Self.addresses() {
                for variant in Self.variants {
                    // Twice in both orders, so that what either asker leaves behind is found by the other.
                    try await refused(address, variant, nil, server)
                    let own = try await server.call("GET", address, token: owner, headers: variant)
                    if own.status == 200 || own.status == 206 {
                        seen += 1
                        let control = own["cache-control"] ?? ""
                        #expect(control.contains("private") || control.contains("no-store"), "\(address): \(control)")
                        #expect(!control.contains("public"), "\(address): \(control)")
                    }
                    try await refused(address, variant, nil, server)
                    try await refused(address, variant, stranger, server)
                    try await refused(address, variant, "hlmk_000000000000000000000000000000000000", server)
                }
            }
            #expect(seen > 100, "the owner saw \(seen) answers")
        }
    }

    private func refused(_ address: String, _ variant: [String], _ token: String?, _ server: LiveServer) async throws {
        let answer = try await server.call("GET", address, token: token, headers: variant)
        #expect(answer.status < 500, "\(address)")
        // A redirect to the normal spelling says nothing about a project: it is given for names that nobody has, too.
        guard (200..<300).contains(answer.status) || answer.status == 304 else { return }
        // Searches answer everybody, with what they may see.
        #expect(address.contains("search") || address.contains("crates?"), "\(answer.status) for \(address) \(variant)")
        let isSilent = !answer.text.contains("1.0.0") && !answer.text.contains("/vault")
        #expect(isSilent || answer["content-encoding"] == "gzip", "\(address) \(variant): \(answer.text.prefix(400))")
    }

    @Test("A package that becomes private is gone for others at once, from every cached form")
    func becomesPrivate() async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            for (ecosystem, name) in Self.vaults { try await server.publish(.make(ecosystem, name), token: owner) }
            for _ in 0..<2 {
                for address in Self.addresses() {
                    for variant in Self.variants { _ = try await server.call("GET", address, headers: variant) }
                }
                for (ecosystem, name) in Self.vaults {
                    let path = Self.visibility(ecosystem, name)
                    let change = try await server.call("PUT", path, token: owner, json: ["visibility": "private"])
                    try #require(change.status == 204)
                }
                for address in Self.addresses() {
                    for variant in Self.variants { try await refused(address, variant, nil, server) }
                }
                for (ecosystem, name) in Self.vaults {
                    let path = Self.visibility(ecosystem, name)
                    let change = try await server.call("PUT", path, token: owner, json: ["visibility": "public"])
                    try #require(change.status == 204)
                }
            }
        }
    }

    @Test("No header of a request names the host in an answer, and none is left behind for the next reader")
    func hosts() async throws {
        let poisons: [[String]] = [
            ["X-Forwarded-Host: evil.example"], ["Forwarded: host=evil.example;proto=https;for=1.2.3.4"],
            ["X-Forwarded-Proto: evil.example"], ["X-Forwarded-Prefix: /evil.example"],
            ["X-Original-URL: /evil.example"],
            ["X-Rewrite-URL: /evil.example"], ["X-Host: evil.example"], ["Origin: http://evil.example"],
            ["Referer: http://evil.example/"], ["X-HTTP-Method-Override: DELETE"], ["X-Request-Id: evil.example"],
        ]
        let paths = [
            "/", "/help", "/npm/lamp", "/npm/lamp/1.0.0", "/pypi/simple/", "/pypi/simple/lamp/", "/pypi/pypi/lamp/json",
            "/cargo/config.json", "/cargo/la/mp/lamp", "/p/npm/lamp", "/p/pypi/lamp/files", "/api/openapi.json",
            "/nothing",
            "/npm/nothing", "/docs/errors", "/npm/-/v1/search?text=lamp", "/favicon.ico",
        ]
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            for ecosystem in ["npm", "pypi", "cargo"] {
                try await server.publish(.make(ecosystem, "lamp"), token: owner)
            }
            let port = Int(server.process.port)
            for path in paths {
                for poison in poisons {
                    Self.check(try await server.call("GET", path, headers: poison), path)
                }
                for head in [
                    "GET \(path) HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                    "GET \(path) HTTP/1.1\r\nHost: evil.example:80\r\n\r\n",
                    "GET http://evil.example\(path) HTTP/1.1\r\nHost: localhost\r\n\r\n",
                    "GET http://evil.example\(path) HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                    "GET \(path) HTTP/1.0\r\n\r\n",
                ] {
                    let connection = try await RawConnection.connect(to: port)
                    try await connection.send(head)
                    Self.check(try await connection.response(), path)
                    await connection.close()
                }
                Self.check(try await server.call("GET", path), path)
            }
        }
    }

    private static func check(_ answer: RawResponse, _ path: String) {
        #expect(answer.status < 500, "\(path)")
        #expect(!answer.text.contains("evil.example"), "\(path): \(answer.text.prefix(300))")
        #expect(!answer.headers.contains { $0.value.contains("evil.example") }, "\(path): \(answer.headers)")
    }
}
