import Accounts
import Crypto
import Foundation
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

@Suite("Reports of leaked tokens", .timeLimit(.minutes(10)))
struct SecretReportTests {
    private static let url = "https://scanner.example/keys"
    private static let keyHeader = "GITHUB-PUBLIC-KEY-IDENTIFIER"
    private static let signatureHeader = "GITHUB-PUBLIC-KEY-SIGNATURE"
    private static let root = Principal(
        userID: 0, userName: "operator", isAdministrator: true, kind: .commandLine, tokenID: nil, scopes: [])

    private static func keys(_ keys: [(id: String, pem: String, isCurrent: Bool)]) -> ServiceAnswer {
        let list = keys.map { key -> JSONValue in
            ["key_identifier": .string(key.id), "key": .string(key.pem), "is_current": .bool(key.isCurrent)]
        }
        return ServiceAnswer(status: 200, body: (["public_keys": .array(list)] as JSONValue).bytes())
    }

    private static func body(_ tokens: [String]) -> [UInt8] {
        JSONValue.array(
            tokens.map {
                [
                    "token": .string($0), "type": "hallmark_api_token", "url": "https://code.example/x",
                    "source": "content",
                ]
            }
        ).bytes()
    }

    private static func send(
        _ bench: TrustBench, _ body: [UInt8], id: String?, signature: String?
    ) async throws -> [SecretReports.Finding] {
        try await bench.reports.report(body) { name in
            switch name {
            case keyHeader: id
            case signatureHeader: signature
            default: nil
            }
        }
    }

    private static func addReporter(_ bench: TrustBench) async throws {
        var wish = ReporterWish(name: "scanner")
        wish.keysURL = url
        try await bench.reports.addReporter(wish, by: root)
    }

    @Test(
        "AUTHZ-3.2 A live token that is reported ends at once and its owner is told; a repeat is harmless",
        arguments: TestBackend.allCases)
    func report(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            let alice = try await bench.person("alice")
            let key = P256.Signing.PrivateKey()
            bench.services.set(Self.url, .success(Self.keys([("k1", key.publicKey.pemRepresentation, true)])))
            try await Self.addReporter(bench)
            let text = try await bench.token(["read"], for: alice)
            let other = try await bench.token(["read"], for: alice)
            let body = Self.body([text, TokenText.make(random: SystemRandomSource()), "AKIAEXAMPLE"])
            let signature = try key.signature(for: body).derRepresentation.base64EncodedString()
            for round in 0..<2 {
                let findings = try await Self.send(bench, body, id: "k1", signature: signature)
                #expect(findings.map(\.isOurs) == [true, false, false])
                let hash = Data(SHA256.hash(data: Array(text.utf8))).base64EncodedString()
                #expect(findings.first?.hash == hash && findings.first?.type == "hallmark_api_token")
                #expect(try await bench.told(alice).count { $0 == "token.leaked" } == 1, "round \(round)")
                #expect(try await bench.events("token.leaked") == 1)
            }
            await expectRefusal(.tokenInvalid) { _ = try await bench.principal(text) }
            _ = try await bench.principal(other)
            let kept = try await bench.registry.driver.read { connection in
                try connection.query("SELECT outcome FROM secret_reports ORDER BY at, id").map {
                    try $0.text("outcome")
                }
            }
            #expect(kept.sorted() == ["ended", "revoked"])
        }
    }

    @Test("AUTHZ-3.2 Only the body's own bytes, signed by a current key of a known reporter, are taken")
    func signatures() async throws {
        try await withTrust(.sqlite) { bench in
            let alice = try await bench.person("alice")
            let text = try await bench.token(["read"], for: alice)
            let body = Self.body([text])
            let p256 = P256.Signing.PrivateKey()
            let p384 = P384.Signing.PrivateKey()
            let p521 = P521.Signing.PrivateKey()
            let old = P256.Signing.PrivateKey()
            bench.services.set(
                Self.url,
                .success(
                    Self.keys([
                        ("p256", p256.publicKey.pemRepresentation, true),
                        ("p384", p384.publicKey.pemRepresentation, true),
                        ("p521", p521.publicKey.pemRepresentation, true),
                        ("old", old.publicKey.pemRepresentation, false),
                    ])))
            let digest = SHA256.hash(data: body)
            let good = try p256.signature(for: digest).derRepresentation.base64EncodedString()
            await expectRefusal(.badRequest, "no reporter") {
                _ = try await Self.send(bench, body, id: "p256", signature: good)
            }
            try await Self.addReporter(bench)
            for (id, signature) in [
                (nil, good), ("p256", nil), ("p384", good),
                ("old", try old.signature(for: digest).derRepresentation.base64EncodedString()),
                ("p256", "AAAA"), ("p256", good + "A"), ("p256", ""), ("unknown", good),
                ("p256", try old.signature(for: digest).derRepresentation.base64EncodedString()),
                ("p256", try p256.signature(for: digest).rawRepresentation.base64EncodedString()),
            ] as [(String?, String?)] {
                await expectRefusal(.badRequest, "\(id ?? "no id")") {
                    _ = try await Self.send(bench, body, id: id, signature: signature)
                }
            }
            await expectRefusal(.badRequest, "another body") {
                _ = try await Self.send(bench, body + [UInt8(ascii: " ")], id: "p256", signature: good)
            }
            _ = try await bench.principal(text)
            for (id, signature) in [
                ("p256", good), ("p384", try p384.signature(for: digest).derRepresentation.base64EncodedString()),
                ("p521", try p521.signature(for: digest).derRepresentation.base64EncodedString()),
            ] {
                #expect(try await Self.send(bench, body, id: id, signature: signature).map(\.isOurs) == [true])
            }
        }
    }

    @Test("AUTHZ-3.2 Keys are fetched again after a day, and for an unknown one at most once a minute")
    func fetching() async throws {
        try await withTrust(.sqlite) { bench in
            let first = P256.Signing.PrivateKey()
            let second = P256.Signing.PrivateKey()
            try await Self.addReporter(bench)
            let body = Self.body([])
            let digest = SHA256.hash(data: body)
            func send(_ id: String, _ key: P256.Signing.PrivateKey) async throws {
                _ = try await Self.send(
                    bench, body, id: id,
                    signature: try key.signature(for: digest).derRepresentation.base64EncodedString())
            }
            bench.services.set(Self.url, .success(Self.keys([("one", first.publicKey.pemRepresentation, true)])))
            for _ in 0..<3 { try await send("one", first) }
            #expect(bench.services.requests.count == 1)
            bench.services.set(Self.url, .success(Self.keys([("two", second.publicKey.pemRepresentation, true)])))
            for _ in 0..<3 { await expectRefusal(.badRequest) { try await send("two", second) } }
            #expect(bench.services.requests.count == 1)
            bench.clock.advance(bySeconds: 60)
            try await send("two", second)
            #expect(bench.services.requests.count == 2)
            await expectRefusal(.badRequest) { try await send("one", first) }
            // Where fetching fails, the old keys stay, and it is not tried again at once.
            bench.services.set(Self.url, .success(ServiceAnswer(status: 500, body: [])))
            bench.clock.advance(bySeconds: 86_400)
            for _ in 0..<3 { try await send("two", second) }
            #expect(bench.services.requests.count == 3)
        }
    }

    @Test("AUTHZ-3.2 A removed reporter is believed no more; only administrators name them")
    func reporters() async throws {
        try await withTrust(.sqlite) { bench in
            let alice = try await bench.person("alice")
            let key = P256.Signing.PrivateKey()
            var wish = ReporterWish(name: "scanner")
            wish.key = ("k1", key.publicKey.pemRepresentation)
            let reporter = wish
            await expectRefusal(.forbidden) { try await bench.reports.addReporter(reporter, by: alice) }
            try await bench.reports.addReporter(reporter, by: Self.root)
            await expectRefusal(.conflict) { try await bench.reports.addReporter(reporter, by: Self.root) }
            let body = Self.body([])
            let signature = try key.signature(for: SHA256.hash(data: body)).derRepresentation.base64EncodedString()
            _ = try await Self.send(bench, body, id: "k1", signature: signature)
            try await bench.reports.removeReporter(name: "scanner", by: Self.root)
            await expectRefusal(.badRequest) { _ = try await Self.send(bench, body, id: "k1", signature: signature) }
            await expectRefusal(.notFound) { try await bench.reports.removeReporter(name: "scanner", by: Self.root) }
            try await bench.reports.addReporter(reporter, by: Self.root)
            #expect(try await bench.reports.reporters(by: Self.root).map(\.name) == ["scanner"])
            for (id, pem, url) in [
                ("", key.publicKey.pemRepresentation, nil), ("k", "no key", nil), ("k", "", "http://x"),
            ]
                as [(String, String, String?)]
            {
                var bad = ReporterWish(name: "other")
                if let url { bad.keysURL = url } else { bad.key = (id, pem) }
                let wish = bad
                await expectRefusal(.badRequest) { try await bench.reports.addReporter(wish, by: Self.root) }
            }
        }
    }

    private static var vectors: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("../shared/vectors/secret-scanning").standardizedFileURL
    }

    @Test(
        "AUTHZ-3.2 The signatures that GitHub published are good, and not with one byte changed",
        .enabled(if: FileManager.default.fileExists(atPath: vectors.path)))
    func publishedSignatures() async throws {
        let data = try Data(contentsOf: Self.vectors.appendingPathComponent("github-secret-scanning.json"))
        let cases = try #require(try JSONValue.parse(Array(data)).arrayValue)
        #expect(cases.count == 3)
        try await withTrust(.sqlite) { bench in
            for (index, sample) in cases.enumerated() {
                let id = try #require(sample["key_identifier"]?.stringValue)
                let pem = try #require(sample["public_key_pem"]?.stringValue)
                let body = Array(try #require(sample["body"]?.stringValue).utf8)
                var wish = ReporterWish(name: "github\(index)")
                wish.key = (id, pem)
                try await bench.reports.addReporter(wish, by: Self.root)
                let signature = sample["signature"]?.stringValue
                let findings = try await Self.send(bench, body, id: id, signature: signature)
                #expect(findings.map(\.isOurs) == [false])
                for place in stride(from: 0, to: body.count, by: 7) {
                    var changed = body
                    changed[place] ^= 1
                    let bytes = changed
                    await expectRefusal(.badRequest) {
                        _ = try await Self.send(bench, bytes, id: id, signature: signature)
                    }
                }
                try await bench.reports.removeReporter(name: "github\(index)", by: Self.root)
            }
        }
    }
}
