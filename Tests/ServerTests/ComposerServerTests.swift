import HallmarkTesting
import RegistryModel
import Testing

@Suite("Composer's addresses", .timeLimit(.minutes(10)), .enabled(if: SamplePackage.isAvailable, "needs python3"))
struct ComposerServerTests {
    @Test("Only vendors and names that the reader may see are told")
    func names() async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            let stranger = try await server.person("stranger")
            for name in ["open/lamp", "vault/lamp", "house/lamp", "open/hidden"] {
                try await server.publish(.make("composer", name), token: owner)
            }
            try await server.admin("visibility", "composer", "vault/lamp", "private")
            try await server.admin("visibility", "composer", "open/hidden", "private")
            try await server.admin("visibility", "composer", "house/lamp", "internal")
            // Twice and in turns: nothing that one is told is left behind for another.
            for _ in 0..<2 {
                #expect(try await patterns(server, nil) == ["open/*"])
                #expect(try await patterns(server, owner) == ["house/*", "open/*", "vault/*"])
                #expect(try await patterns(server, stranger) == ["house/*", "open/*"])
                #expect(try await list(server, nil) == ["open/lamp"])
                #expect(try await list(server, owner) == ["house/lamp", "open/hidden", "open/lamp", "vault/lamp"])
                #expect(try await list(server, stranger) == ["house/lamp", "open/lamp"])
                #expect(try await list(server, owner, "?vendor=open") == ["open/hidden", "open/lamp"])
                #expect(try await list(server, owner, "?filter=*%2Flamp&vendor=vault") == ["vault/lamp"])
            }
            let form = Array("packages[]=vault%2Flamp&packages[]=open%2Flamp&packages[]=house/lamp".utf8)
            func advised(_ token: String?) async throws -> [String] {
                let type = ["Content-Type: application/x-www-form-urlencoded"]
                let answer = try await server.call(
                    "POST", "/composer/api/security-advisories/", token: token, headers: type, body: form)
                return try answer.json()["advisories"]?.members?.map(\.name) ?? []
            }
            #expect(try await advised(nil) == ["open/lamp"])
            #expect(try await advised(stranger) == ["house/lamp", "open/lamp"])
        }
    }

    @Test("A vendor of which nothing can be had is not told, and what is quarantined is not there")
    func quarantine() async throws {
        try await withLiveServer { server in
            #expect(try await patterns(server, nil) == ["-/-"])
            let owner = try await server.person("owner")
            try await server.publish(.make("composer", "one/lamp"), token: owner)
            #expect(try await patterns(server, nil) == ["one/*"])
            try await server.admin("status", "composer", "one/lamp", "quarantined")
            #expect(try await patterns(server, nil) == ["-/-"])
            let gone = try await server.call("GET", "/composer/p2/one/lamp.json")
            #expect(gone.status == 404)
            #expect(try gone.json()["warning"]?.stringValue?.contains("quarantined") == true)
            let archive = try await server.call("GET", "/composer/dist/one/lamp/one-lamp-1.0.0.zip")
            #expect(archive.status == 404)
        }
    }

    @Test("PACKAGIST-2 A code host is asked which repository a package comes from")
    func repositoryNumber() async throws {
        let pages = try await PageServer()
        let body = #"{"id": 4711, "full_name": "acme/lamp"}"#
        pages.set(
            "/api/v1/repos/acme/lamp", "HTTP/1.1 200 Fine\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        let options = ServerProcess.Options(environment: [
            "HALLMARK_CODE_HOST_APIS": "code.example gitea http://127.0.0.1:\(pages.port)",
            "HALLMARK_PRIVATE_CODE_HOSTS": "true",
        ])
        try await withLiveServer(options) { server in
            let owner = try await server.person("owner")
            let home = try ClientHome()
            try await SystemPython.run([
                Checkout.script("composer_archive.py"), home.path("body"), "acme/lamp", "1.0.0", "--member",
                #"support={"source": "https://code.example/acme/lamp"}"#,
            ])
            let answer = try await server.call(
                "PUT", "/composer", token: owner, headers: ["Content-Type: application/zip"],
                body: [UInt8](try home.data("body")))
            #expect(answer.status == 201, "\(answer.text)")
            func source() async throws -> JSONValue? {
                try await server.call("GET", "/api/v1/projects/composer/acme%2flamp").json()["source"]
            }
            #expect(try await source()?["url"] == "https://code.example/acme/lamp")
            while try await source()?["repository_id"] == nil { try await Task.sleep(for: .milliseconds(100)) }
            let found = try await source()
            #expect(found?["repository_id"] == "4711" && found?["frozen"] == false)
        }
        try await pages.stop()
    }

    @Test("A vendor belongs to whoever was first")
    func vendors() async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            let other = try await server.person("other")
            try await server.publish(.make("composer", "acme/lamp"), token: owner)
            let refused = try await server.send(.make("composer", "acme/oil"), token: other)
            #expect(refused.status == 403)
            #expect(try refused.json()["code"] == "namespace-taken")
            #expect(try refused.json()["warning"]?.stringValue?.contains("acme/") == true)
            try await server.publish(.make("composer", "acme-two/oil"), token: other)
            let member = try await server.call(
                "PUT", "/api/v1/projects/composer/acme%2flamp/members/other", token: owner, json: ["role": "owner"]
            )
            #expect((200..<300).contains(member.status), "\(member.text)")
            try await server.publish(.make("composer", "acme/oil"), token: other)
        }
    }

    @Test("Uploads: new ones are created, the same again is fine, others conflict")
    func uploads() async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            let first = try await SamplePackage.make("composer", "acme/lamp")
            let created = try await server.send(first, token: owner)
            #expect(created.status == 201)
            #expect(try created.json()["name"] == "acme/lamp" && created.json()["version"] == "1.0.0")
            #expect(try await server.send(first, token: owner).status == 200)
            let other = try await server.send(.make("composer", "acme/lamp", fill: 100), token: owner)
            #expect(other.status == 409)
            // The client looks into a body only where its type is exactly this.
            #expect(other["content-type"] == "application/json")
            let mismatch = try await server.call("PUT", "/composer?version=2.0", token: owner, body: first.body)
            #expect(mismatch.status == 400)
            #expect(try mismatch.json()["code"] == "metadata-mismatch")
            let same = try await server.call("PUT", "/composer/?version=v1.0", token: owner, body: first.body)
            #expect(same.status == 200, "\(same.text)")
        }
    }

    @Test("A dry run is checked and not kept, a staged upload waits, and both say so")
    func wishes() async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            let body = try await SamplePackage.make("composer", "acme/lamp").body
            func put(_ header: String) async throws -> RawResponse {
                try await server.call("PUT", "/composer", token: owner, headers: [header], body: body)
            }
            let dry = try await put("Hallmark-Dry-Run: true")
            #expect(dry.status == 200 && dry["hallmark-dry-run"] == "true", "\(dry.text)")
            #expect(dry.text.contains("nothing was kept"))
            let staged = try await put("Hallmark-Stage: true")
            #expect(staged.status == 201, "\(staged.text)")
            let key = try #require(staged["hallmark-staging"])
            #expect(staged.text.contains("/staging/\(key)/composer/"))
            #expect(try await server.call("GET", "/composer/p2/acme/lamp.json").status == 404)
        }
    }

    @Test("A release that names another source repository freezes the package until the owner confirms it")
    func source() async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            func put(_ version: String, _ source: String) async throws -> RawResponse {
                let home = try ClientHome()
                let member = "support={\"source\": \"\(source)\"}"
                try await SystemPython.run(
                    [
                        Checkout.script("composer_archive.py"), home.path("body"), "acme/lamp", version, "--member",
                        member,
                    ])
                return try await server.call(
                    "PUT", "/composer", token: owner, body: [UInt8](try home.data("body")))
            }
            #expect(try await put("1.0", "https://github.com/acme/lamp").status == 201)
            #expect(try await put("1.1", "https://github.com/Acme/lamp/tree/1.1").status == 201)
            let refused = try await put("1.2", "https://github.com/mallory/lamp")
            #expect(refused.status == 403)
            #expect(try refused.json()["code"] == "source-mismatch")
            #expect(try await put("1.2", "https://github.com/acme/lamp").status == 403)
            try await server.admin("source", "composer", "acme/lamp", "https://github.com/acme/lamp")
            #expect(try await put("1.2", "https://github.com/acme/lamp").status == 201)
        }
    }

    @Test("HEAD and conditions; unknown names are no warnings")
    func reads() async throws {
        try await withLiveServer { server in
            let owner = try await server.person("owner")
            try await server.publish(.make("composer", "acme/lamp"), token: owner)
            for path in ["packages.json", "p2/acme/lamp.json", "dist/acme/lamp/acme-lamp-1.0.0.zip"] {
                let whole = try await server.call("GET", "/composer/\(path)")
                let head = try await server.call("HEAD", "/composer/\(path)")
                #expect(whole.status == 200 && head.status == 200 && head.body.isEmpty)
                #expect(head["content-length"] == "\(whole.body.count)", "\(path)")
            }
            for path in ["p2/acme/none.json", "p2/Acme/lamp.json", "p2/acme/lamp", "dist/acme/lamp/none.zip"] {
                let answer = try await server.call("GET", "/composer/\(path)")
                #expect(answer.status == 404, "\(path)")
                #expect(try answer.json()["warning"] == nil, "\(path)")
            }
            let changes = try await server.call("GET", "/composer/metadata/changes.json?since=1")
            #expect(try changes.json()["actions"]?.arrayValue?.first?["type"] == "resync")
            #expect(try await server.call("GET", "/composer/metadata/changes.json").status == 400)
        }
    }

    private func patterns(_ server: LiveServer, _ token: String?) async throws -> [String] {
        let answer = try await server.call("GET", "/composer/packages.json", token: token)
        #expect(answer["cache-control"]?.contains("private") == true)
        return try answer.json()["available-package-patterns"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    private func list(_ server: LiveServer, _ token: String?, _ query: String = "") async throws -> [String] {
        let answer = try await server.call("GET", "/composer/list.json\(query)", token: token)
        #expect(answer["cache-control"]?.contains("private") == true)
        return try (answer.json()["packageNames"]?.arrayValue ?? []).compactMap(\.stringValue).sorted()
    }
}
