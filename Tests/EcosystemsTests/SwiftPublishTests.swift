import Archives
import Ecosystems
import Formats
import Foundation
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("/swift/: publishing")
struct SwiftPublishTests {
    private func detail(_ answer: RawResponse) throws -> String {
        #expect(answer["content-version"] == "1" && answer["content-type"] == "application/problem+json")
        return try JSONValue.parse(answer.body)["detail"]?.stringValue ?? ""
    }

    @Test("Whoever may not publish is told before the archive is sent")
    func decidedBeforeTheBody() async throws {
        var limits = PublishLimits()
        limits.fileBytes = 1 << 20
        try await withSwift(limits: limits) { server in
            let token = try await server.token("mona")
            let stranger = try await server.token("eve")
            let reading = try await server.token("mona", scopes: ["read"])
            #expect(try await server.publish(SwiftTestPackage(), token: token).status == 201)
            let cases: [(path: String, token: String?, length: Int, status: Int)] = [
                ("mona/LinkedList/2.0.0", nil, 1000, 401), ("mona/LinkedList/2.0.0", stranger, 1000, 403),
                ("MONA/linkedlist/2.0.0", stranger, 1000, 403), ("mona/LinkedList/2.0.0", reading, 1000, 403),
                ("mona/LinkedList/1.0.0", token, 1000, 409), ("mona/LinkedList/1.0.0+x", token, 1000, 409),
                ("mona/Linked-List/1.0.0", token, 1000, 403), ("mona/LinkedList/2.0.0", token, 9 << 20, 413),
                ("mona/LinkedList/2.0", token, 1000, 400), ("mona/Linked--List/1.0.0", token, 1000, 404),
                ("mona/LinkedList/2.0.0-a.zip", token, 1000, 400),
            ]
            for refused in cases {
                let connection = try await RawConnection.connect(to: server.port)
                let credential = refused.token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
                try await connection.send(
                    "PUT /swift/\(refused.path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(refused.length)\r\n"
                        + SwiftTestPackage.head(isSigned: false).map { "\($0)\r\n" }.joined()
                        + "Expect: 100-continue\r\n\(credential)\r\n")
                let answer = try await connection.response()
                #expect(answer.interim.isEmpty && answer.status == refused.status, "\(refused.path) \(answer.text)")
                #expect(try !detail(answer).isEmpty)
                await connection.close()
            }
        }
    }

    @Test("A client that waits is told to go on, and is answered when the release is there")
    func continues() async throws {
        try await withSwift { server in
            let package = SwiftTestPackage()
            let form = package.form
            let connection = try await RawConnection.connect(to: server.port)
            try await connection.send(
                "PUT \(package.path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(form.count)\r\n"
                    + SwiftTestPackage.head(isSigned: false).map { "\($0)\r\n" }.joined()
                    + "Expect: 100-continue\r\nAuthorization: Bearer \(try await server.token("mona"))\r\n\r\n")
            #expect(try await connection.interim() == 100)
            try await connection.send(form)
            #expect(try await connection.response().status == 201)
            await connection.close()
            #expect(try await server.get("/swift/mona/LinkedList/1.0.0.zip").body == package.archive)
        }
    }

    @Test("The case of the first publish stays, whatever later ones write")
    func spelling() async throws {
        try await withSwift { server in
            let token = try await server.token("mona")
            #expect(try await server.publish(SwiftTestPackage(), token: token).status == 201)
            var other = SwiftTestPackage()
            other.id = "MONA.linkedlist"
            other.version = "1.1.0-beta.1"
            let answer = try await server.publish(other, token: token)
            #expect(answer["location"] == "http://registry.example/swift/mona/LinkedList/1.1.0-beta.1")
            let info = try JSONValue.parse(try await server.get("/swift/mona/linkedlist/1.1.0-beta.1").body)
            #expect(info["id"] == "mona.LinkedList")
            let list = try await server.get("/swift/mona/linkedlist")
            #expect(list["link"]?.contains("/1.0.0>; rel=\"latest-version\"") == true)
            let members = try JSONValue.parse(list.body)["releases"]?.members?.map(\.name)
            #expect(members == ["1.1.0-beta.1", "1.0.0"])
        }
    }

    @Test("What is wrong with an upload is explained")
    func refusals() async throws {
        try await withSwift { server in
            let token = try await server.token("mona")
            func refused(_ status: Int, _ words: String, _ change: (inout SwiftTestPackage) -> Void) async throws {
                var package = SwiftTestPackage()
                change(&package)
                let answer = try await server.publish(package, token: token)
                #expect(answer.status == status, "\(words): \(answer.status) \(answer.text)")
                #expect(try detail(answer).contains(words), "\(answer.text)")
            }
            try await refused(422, "author") { $0.metadata = #"{"author":{}}"# }
            try await refused(422, "JSON") { $0.metadata = "{" }
            try await refused(422, "archive") { $0.bytes = Array("hello".utf8) }
            try await refused(422, "swift-tools-version") { $0.manifest = "let x = 1\n" }
            try await refused(422, "6.2") { $0.files = [("Package@swift-6.swift", "// swift-tools-version: 6.2\n")] }
            try await refused(422, "one directory") {
                $0.bytes = PyPITestPackage.zip([("Package.swift", $0.manifest)])
            }
            try await refused(400, "signed") {
                $0.archiveSignature = [1]
                $0.metadata = "{}"
            }
            try await refused(400, "signature") { $0.metadataSignature = [1] }
            try await refused(400, "bytes") { $0.archiveSignature = Array(repeating: 1, count: 30 << 10) }
            try await refused(413, "metadata") { $0.metadata = String(repeating: " ", count: 512 << 10) }
            try await refused(400, "twice") { $0.more = [("source-archive", [], [1])] }
            try await refused(400, "no part 'other'") { $0.more = [("other", [], [1])] }
            #expect(try await server.get("/swift/mona/LinkedList").status == 404)

            let text = try await server.exchange(
                "PUT /swift/mona/LinkedList/1.0.0", ["Authorization: Bearer \(token)", "Content-Type: text/plain"],
                body: [1])
            #expect(text.status == 415)
            let empty = try await server.exchange(
                "PUT /swift/mona/LinkedList/1.0.0",
                SwiftTestPackage.head(isSigned: false) + ["Authorization: Bearer \(token)"],
                body: Array("--XX-YY--\r\n".utf8))
            #expect(try empty.status == 400 && detail(empty).contains("source-archive"))
        }
    }

    @Test("A staged release is answered with its private address, a dry run with nothing kept")
    func wishes() async throws {
        try await withSwift { server in
            let token = try await server.token("mona")
            let dry = try await server.publish(SwiftTestPackage(), token: token, ["Hallmark-Dry-Run: true"])
            #expect(dry.status == 200 && dry["location"] == nil && dry["hallmark-dry-run"] == "true", "\(dry.text)")
            #expect(try await server.get("/swift/mona/LinkedList").status == 404)
            let staged = try await server.publish(SwiftTestPackage(), token: token, ["Hallmark-Stage: true"])
            let key = try #require(staged["hallmark-staging"])
            #expect(staged.status == 202 && staged["content-version"] == "1", "\(staged.text)")
            #expect(staged["location"] == "http://registry.example/staging/\(key)/swift/mona/LinkedList/1.0.0")
            #expect(try await server.get("/swift/mona/LinkedList").status == 404)
        }
    }

    @Test("Metadata and signatures may come as base64, as the specification's examples have them")
    func base64() async throws {
        try await withSwift { server in
            var package = SwiftTestPackage()
            let encoded = Array(Data("{\"description\":\"x\"}".utf8).base64EncodedString().utf8)
            package.more = [("metadata", ["Content-Transfer-Encoding: base64"], encoded)]
            #expect(try await server.publish(package, token: server.token("mona")).status == 201)
            let info = try JSONValue.parse(try await server.get("/swift/mona/LinkedList/1.0.0").body)
            #expect(info["metadata"] == ["description": "x"])
        }
    }
}
