import Foundation
import HTTPTypes
import HallmarkTesting
import RegistryModel
import Testing

@testable import Client

@Suite("Calls to a registry")
struct CallerTests {
    let home: ClientHome

    init() throws {
        home = try ClientHome()
    }

    private func client(_ server: ScriptedServer) throws -> RegistryClient {
        let settings = try RegistrySettings(
            .init(registry: server.address), environment: ["HALLMARK_TOKEN": "hlmk_sesame"])
        return RegistryClient(settings, userAgent: "hallmark/test")
    }

    private func answer(_ status: String, _ body: String = "", fields: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
    }

    private func upload(_ bytes: Int) throws -> HTTPCall {
        try home.write(Data(repeating: 7, count: bytes), to: "upload")
        return HTTPCall(
            .put, "/x", body: UploadBody([.file(try LocalFile(home.path("upload")))]), authentication: .basic)
    }

    @Test("A refused upload is not sent")
    func refused() async throws {
        let script = ScriptedServer.Script(
            afterHead: answer("403 Forbidden", #"{"code":"not-owner","detail":"Not yours."}"#))
        try await ScriptedServer.run([script]) { server in
            let fault = await #expect(throws: ClientFault.self) {
                try await client(server).demand(try upload(20 << 20))
            }
            #expect(fault?.refusal?.code == "not-owner")
            #expect(fault?.detail.contains("Not yours.") == true)
            #expect(server.bodyBytes == 0)
            let head = server.heads.first ?? ""
            #expect(head.contains("expect: 100-continue") || head.contains("Expect: 100-continue"), "\(head)")
            #expect(head.lowercased().contains("content-length: \(20 << 20)"))
            let basic = Data("__token__:hlmk_sesame".utf8).base64EncodedString()
            #expect(head.contains("Basic \(basic)"))
        }
    }

    @Test("An upload that was allowed is sent whole, and one that nobody allows is sent after a second")
    func allowed() async throws {
        let size = 1 << 20
        for before in [answerContinue, ""] {
            let script = ScriptedServer.Script(
                afterHead: before, afterBody: answer("201 Created", "done"), bodyBytes: size)
            try await ScriptedServer.run([script]) { server in
                let answer = try await client(server).demand(try upload(size))
                #expect(answer.status == 201 && answer.text == "done")
                #expect(server.bodyBytes == size)
            }
        }
    }

    private let answerContinue = "HTTP/1.1 100 Continue\r\n\r\n"

    @Test("A refusal in the middle ends the upload")
    func middle() async throws {
        let script = ScriptedServer.Script(
            afterHead: answerContinue, afterBody: answer("413 Content Too Large", #"{"detail":"Too large."}"#),
            bodyBytes: 100_000)
        try await ScriptedServer.run([script]) { server in
            let answer = try await client(server).send(try upload(200 << 20))
            #expect(answer.status == 413)
            #expect(server.bodyBytes < 200 << 20)
        }
    }

    @Test("A registry that is too busy is asked again when it says, with the whole request")
    func busy() async throws {
        let size = 100_000
        let scripts = [
            ScriptedServer.Script(afterHead: answer("503 Service Unavailable", fields: "Retry-After: 0\r\n")),
            ScriptedServer.Script(
                afterHead: answerContinue, afterBody: answer("503 Service Unavailable", fields: "Retry-After: 1\r\n"),
                bodyBytes: size),
            ScriptedServer.Script(afterHead: answerContinue, afterBody: answer("200 OK"), bodyBytes: size),
        ]
        try await ScriptedServer.run(scripts) { server in
            let answer = try await client(server).send(try upload(size))
            #expect(answer.status == 200)
            #expect(server.heads.count == 3)
        }
        let never = ScriptedServer.Script(
            afterHead: answer("503 Service Unavailable", #"{"detail":"Busy."}"#, fields: "Retry-After: 3600\r\n"))
        try await ScriptedServer.run([never]) { server in
            let fault = await #expect(throws: ClientFault.self) {
                try await client(server).demand(HTTPCall(.get, "/x"))
            }
            #expect(fault?.detail.contains("Busy.") == true)
        }
    }

    @Test("A token does not follow a redirect")
    func redirect() async throws {
        try await ScriptedServer.run([]) { other in
            let script = ScriptedServer.Script(
                afterHead: answer("307 Temporary Redirect", fields: "Location: \(other.address)/x\r\n"))
            try await ScriptedServer.run([script]) { server in
                let fault = await #expect(throws: ClientFault.self) {
                    try await client(server).send(HTTPCall(.get, "/x"))
                }
                #expect(fault?.detail.contains(other.address) == true)
                #expect(other.heads.isEmpty)
            }
        }
    }

    @Test("An answer without end, none at all, and nobody there")
    func broken() async throws {
        let large = ScriptedServer.Script(
            afterHead: "HTTP/1.1 200 OK\r\nContent-Length: \(64 << 20)\r\n\r\n"
                + String(repeating: "x", count: 17 << 20))
        for script in [large, ScriptedServer.Script(closes: true)] {
            try await ScriptedServer.run([script]) { server in
                await #expect(throws: ClientFault.self) { try await client(server).send(HTTPCall(.get, "/x")) }
            }
        }
        let nobody = try RegistrySettings(.init(registry: "http://127.0.0.1:1"), environment: [:])
        let fault = await #expect(throws: ClientFault.self) {
            try await RegistryClient(nobody, userAgent: "test").send(HTTPCall(.get, "/"))
        }
        #expect(fault?.detail.contains("Nothing answers at http://127.0.0.1:1") == true, "\(fault?.detail ?? "")")
    }

    @Test("A registry that knows no dry runs gets no publish at all")
    func unknown() async throws {
        try home.npmPackage("lamp", "1.0.0", folder: "lamp")
        let script = ScriptedServer.Script(afterHead: answer("404 Not Found"))
        try await ScriptedServer.run([script, script]) { server in
            let publisher = Publisher(try client(server))
            let fault = await #expect(throws: ClientFault.self) {
                try await publisher.publish(PublishOptions(path: home.path("lamp"), isDryRun: true))
            }
            #expect(fault?.detail.contains("no Hallmark") == true)
            #expect(server.heads.count == 1)
        }
    }
}
