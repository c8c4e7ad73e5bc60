import Foundation
import HallmarkTesting
import Testing

@Suite("Attacks: addresses", .timeLimit(.minutes(10)))
struct AttackPathTests {
    /// Segments that lead elsewhere for a reader who decodes twice, decodes wrongly, or joins paths.
    private static let segments = [
        "..", "%2e%2e", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e%2fkeys%2fmaster",
        "%252e%252e%252fkeys%252fmaster",
        "..%5c..%5ckeys%5cmaster", "%5c%5cevil.example%5cshare", "%00", "lamp%00.json", "keys%2fmaster%00",
        "%c0%ae%c0%ae%2fmaster", "%e0%80%ae", "%ff", "%", "%zz", "%u002e", "....%2f%2f", "%2f", "%2f%2fevil.example%2f",
        "lamp%0d%0aX-Injected:%20yes", "lamp%0d%0a%0d%0a%3Cscript%3E", "%E5%98%8A%E5%98%8DX-Injected:%20yes",
        "lamp%20HTTP/1.1%0d%0aX-Injected:%20yes", "@%2f..", "@x%2f..%2f..", ";lamp", "lamp;v=1", "%3Cscript%3Ealert(1)",
        "'",
        "\"", "$%7Bjndi:ldap://x%7D", "-rf", "con", "nul.whl", String(repeating: "a", count: 1500),
        String(repeating: "%2e%2e%2f", count: 150),
    ]

    @Test(
        "No address, whatever stands in it, leads out, into a header, or to a failure",
        .enabled(if: SamplePackage.isAvailable))
    func segments() async throws {
        try await withLiveServer { server in
            let token = try await server.person("owner")
            try await server.publish(.make("npm", "lamp"), token: token)
            let master = [UInt8](try Data(contentsOf: server.process.data.appending(path: "keys/master")))
            for row in Set(AccessTable.rows.map { "\($0.method) \($0.route)" }).sorted()
            where row.contains("{") || row.contains("**") {
                let connection = try await RawConnection.connect(to: Int(server.process.port))
                defer { Task { await connection.close() } }
                for segment in Self.segments {
                    try await attack(row, segment, token, connection, master)
                }
                // The connection still speaks of its own requests only.
                let after = try await connection.exchange("GET /healthz")
                #expect(after.status == 200, "\(row)")
            }
        }
    }

    private func attack(
        _ row: String, _ segment: String, _ token: String, _ connection: RawConnection, _ master: [UInt8]
    ) async throws {
        let parts = row.split(separator: " ", maxSplits: 1).map(String.init)
        let path = parts[1].split(separator: "/").map { $0.hasPrefix("{") || $0 == "**" ? segment : String($0) }
        let line = "\(parts[0]) /\(path.joined(separator: "/"))"
        let hasBody = ["PUT", "POST"].contains(parts[0])
        let answer = try await connection.exchange(
            line, ["Authorization: Bearer \(token)"], body: hasBody ? Array("{}".utf8) : nil)
        #expect(answer.status < 500 || answer.status == 501, "\(answer.status) for \(line.prefix(200)): \(answer.text)")
        #expect(answer["x-injected"] == nil, "\(line)")
        #expect(!answer.reason.contains("\r") && !answer.text.contains("root:x:"), "\(line)")
        #expect(answer.body.firstRange(of: master) == nil, "\(line)")
        if let location = answer["location"] {
            let isOwn = location.hasPrefix("/") && !location.hasPrefix("//") || location.hasPrefix("http://localhost:")
            #expect(isOwn, "\(line) leads to \(location)")
        }
        if answer["content-type"]?.hasPrefix("text/html") == true { #expect(!answer.text.contains("<script>alert")) }
        #expect(
            answer["connection"]?.lowercased() != "close",
            "\(answer.status) for \(line.prefix(200)) ends the connection")
    }

    @Test(
        "What looks like a redirect never leaves the host",
        arguments: [
            "//evil.example", "///evil.example/", "/\\evil.example", "/%2f%2fevil.example", "/.//evil.example",
            "/?//evil.example",
        ])
    func redirects(target: String) async throws {
        try await withLiveServer { server in
            for path in [target, target + "/", "/npm" + target, "/pypi/simple" + target, "/favicon.ico" + target] {
                let answer = try await server.call("GET", path)
                #expect(answer.status < 500)
                #expect(answer["location"]?.contains("evil.example") != true, "\(path): \(answer["location"] ?? "")")
            }
        }
    }

    @Test(
        "The names that a publish carries are refused before they reach a file system",
        .enabled(if: SamplePackage.isAvailable))
    func fileNames() async throws {
        try await withLiveServer { server in
            let token = try await server.person("owner")
            let upload = try await SamplePackage.make("pypi", "lamp")
            let form = String(String.UnicodeScalarView(upload.body.map { Unicode.Scalar($0) }))
            let names = [
                "../lamp-1.0.0-py3-none-any.whl", "..\\lamp-1.0.0-py3-none-any.whl", "/etc/lamp-1.0.0-py3-none-any.whl",
                "lamp-1.0.0-py3-none-any.whl\u{0}.png", "lamp-1.0.0-py3-none-any.whl\r\nX-Injected: yes",
                "lamp-1.0.0-py3-none-../any.whl",
                "%2e%2e%2flamp-1.0.0-py3-none-any.whl",
            ]
            for name in names {
                let changed = form.replacing("filename=\"lamp-1.0.0-py3-none-any.whl\"", with: "filename=\"\(name)\"")
                try #require(changed != form)
                let answer = try await server.call(
                    "POST", upload.path, token: token, headers: ["Content-Type: \(upload.mediaType)"],
                    body: changed.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
                #expect((400..<500).contains(answer.status), "\(name): \(answer.status)")
                #expect(answer["x-injected"] == nil)
            }
            #expect(try await server.call("GET", "/pypi/simple/lamp/").status == 404)
        }
    }
}
