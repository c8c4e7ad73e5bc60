import Foundation
import HallmarkTesting
import Testing

/// What a refused publisher reads: twine shows the reason phrase and nothing else, uv the problem's detail.
@Suite("Refusals to twine and uv", .serialized, .server, .enabled(if: hasPython, "needs scripts/bootstrap test"))
struct PyPIRefusalTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    /// Both clients must refuse, and say each of `phrases`.
    private func expectRefusal(
        _ file: String, token: String, says phrases: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let results = [
            try await home.twine(server, token: token, files: [file]),
            try await home.uvPublish(server, token: token, files: [file]),
        ]
        for result in results {
            #expect(!result.succeeded, "\(result)", sourceLocation: sourceLocation)
            for phrase in phrases {
                #expect(result.says(phrase), "\(result)", sourceLocation: sourceLocation)
            }
        }
    }

    @Test("A token that nobody issued")
    func wrongToken() async throws {
        let file = try await home.wheel("token-lamp", "1.0")
        try await expectRefusal(file, token: "hlmk_000000000000000000000000000000000000", says: ["token"])
        #expect(try await Probe.get("\(server.url)/pypi/simple/token-lamp/").status == 404)
    }

    @Test("A token for another ecosystem")
    func wrongScope() async throws {
        try await server.createUser("scoped")
        let token = try await server.token(user: "scoped", scopes: ["publish:cargo"])
        let file = try await home.wheel("scope-lamp", "1.0")
        try await expectRefusal(file, token: token, says: ["scope"])
    }

    @Test("Somebody else's project")
    func otherOwner() async throws {
        let alice = try await server.publisher("alice")
        let mallory = try await server.publisher("mallory")
        let first = try await home.wheel("owned-lamp", "1.0")
        try await home.twine(server, token: alice, files: [first]).checked()
        let second = try await home.wheel("Owned_Lamp", "1.1", folder: "stolen")
        try await expectRefusal(second, token: mallory, says: ["owned-lamp", "owner"])
    }

    @Test("A version with other bytes; the same bytes again are no error")
    func existingFile() async throws {
        let token = try await server.publisher("repeater")
        let first = try await home.wheel("repeated-lamp", "1.0")
        try await home.twine(server, token: token, files: [first]).checked()
        try await home.twine(server, token: token, files: [first]).checked()
        try await home.uvPublish(server, token: token, files: [first]).checked()

        let other = try await home.wheel("repeated-lamp", "1.0", value: "2", folder: "other")
        try await expectRefusal(other, token: token, says: ["already exist"])
        try await home.pipInstall(server, ["repeated-lamp"]).checked()
        #expect(try await home.moduleValue("repeated_lamp") == "1")

        let simple = ["--check-url", "\(server.url)/pypi/simple/"]
        let skipped = try await home.uvPublish(server, token: token, files: [first], arguments: simple).checked()
        #expect(skipped.says("already exists, skipping"), "\(skipped)")
    }

    @Test("An archive with an entry outside its tree")
    func traversal() async throws {
        let token = try await server.publisher("traveller")
        let file = try await home.wheel("outside-lamp", "1.0", fault: "traversal")
        try await expectRefusal(file, token: token, says: ["outside.py"])
        #expect(try await Probe.get("\(server.url)/pypi/simple/outside-lamp/").status == 404)
    }

    @Test("An archive with an entry twice")
    func duplicateEntry() async throws {
        let token = try await server.publisher("doubler")
        let file = try await home.wheel("double-lamp", "1.0", fault: "duplicate")
        try await expectRefusal(file, token: token, says: ["double_lamp.py"])
    }

    @Test("A wrong digest")
    func wrongDigest() async throws {
        let token = try await server.publisher("digester")
        let file = try await home.wheel("digest-lamp", "1.0")
        for (field, length) in [("sha256_digest", 64), ("blake2_256_digest", 64), ("md5_digest", 32)] {
            let fields = [
                ":action=file_upload", "protocol_version=1", "metadata_version=2.1", "name=digest-lamp", "version=1.0",
                "filetype=bdist_wheel", "pyversion=py3", "\(field)=\(String(repeating: "0", count: length))",
                "content=@\(file)",
            ].flatMap { ["-F", $0] }
            let answer = try await Probe.send(
                "POST", "\(server.url)/pypi/legacy/", arguments: ["-u", "__token__:\(token)"] + fields)
            #expect(answer.status == 400, "\(answer.reason)")
            #expect(answer.reason.lowercased().contains("digest"), "\(answer.reason)")
            #expect(answer.headers["content-type"] == "application/problem+json")
        }
        #expect(try await Probe.get("\(server.url)/pypi/simple/digest-lamp/").status == 404)
    }

    @Test("Metadata that names another project than the form")
    func otherName() async throws {
        let token = try await server.publisher("renamer")
        let file = try await home.wheel("renamed-lamp", "1.0", fault: "other-name")
        let refused = try await home.uvPublish(server, token: token, files: [file])
        #expect(!refused.succeeded)
        #expect(try await Probe.get("\(server.url)/pypi/simple/renamed-lamp/").status == 404)
        #expect(try await Probe.get("\(server.url)/pypi/simple/somebody-else/").status == 404)
    }

    @Test("A standard library's name")
    func reservedName() async throws {
        let token = try await server.publisher("squatter")
        let file = try await home.wheel("asyncio", "9.0")
        try await expectRefusal(file, token: token, says: ["asyncio"])
    }

    @Test("Two uploads of one file name at once: one wins")
    func race() async throws {
        let token = try await server.publisher("racer")
        let files = [
            try await home.wheel("raced-lamp", "1.0", value: "left", fill: 200_000, folder: "left"),
            try await home.wheel("raced-lamp", "1.0", value: "right", fill: 200_000, folder: "right"),
        ]
        async let left = home.twine(server, token: token, files: [files[0]])
        async let right = home.twine(server, token: token, files: [files[1]])
        let results = [try await left, try await right]
        #expect(results.filter(\.succeeded).count == 1, "\(results)")
        let winner = results[0].succeeded ? "left" : "right"
        try await home.pipInstall(server, ["raced-lamp"]).checked()
        #expect(try await home.moduleValue("raced_lamp") == winner)
        let loser = results[results[0].succeeded ? 1 : 0]
        #expect(loser.says("already exist") || loser.says("conflict"), "\(loser)")
    }

    @Test("An upload that is cut off leaves nothing visible, and can be made again")
    func cutOff() async throws {
        let token = try await server.publisher("cutter")
        let file = try await home.wheel("cut-lamp", "1.0", fill: 400_000)
        let boundary = "lantern"
        var body = Data()
        let fields = [
            (":action", "file_upload"), ("protocol_version", "1"), ("metadata_version", "2.1"), ("name", "cut-lamp"),
            ("version", "1.0"), ("filetype", "bdist_wheel"), ("pyversion", "py3"),
        ]
        for (name, value) in fields {
            let head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n"
            body.append(Data("\(head)\(value)\r\n".utf8))
        }
        let name = "cut_lamp-1.0-py3-none-any.whl"
        let head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"content\"; filename=\"\(name)\"\r\n\r\n"
        body.append(Data(head.utf8))
        body.append(try Data(contentsOf: URL(filePath: file)))
        body.append(Data("\r\n--\(boundary)--\r\n".utf8))
        try home.write(body, to: "body")
        let credential = Data("__token__:\(token)".utf8).base64EncodedString()
        for share in ["0.3", "0.95"] {
            try await home.run(
                .python,
                [
                    Checkout.script("cut_off.py"), "\(server.port)", "POST", "/pypi/legacy/", home.path("body"), share,
                    "Authorization: Basic \(credential)", "Content-Type: multipart/form-data; boundary=\(boundary)",
                ]
            ).checked()
            #expect(try await Probe.get("\(server.url)/pypi/simple/cut-lamp/").status == 404)
        }
        try await home.twine(server, token: token, files: [file]).checked()
        try await home.pipInstall(server, ["cut-lamp"]).checked()
    }
}
