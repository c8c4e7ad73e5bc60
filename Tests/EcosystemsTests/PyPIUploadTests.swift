import Accounts
import Ecosystems
import Formats
import Foundation
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("POST /pypi/legacy/")
struct PyPIUploadTests {
    @Test("The forms of twine and of uv are taken", arguments: PyPIUpload.Client.allCases)
    func clients(client: PyPIUpload.Client) async throws {
        try await withPyPI { server in
            let token = try await server.token("ann")
            for kind in [PyPI.FileKind.wheel, .source] {
                var package = PyPITestPackage()
                package.fields += ["Requires-Dist: foo>=1", "Requires-Dist: bar"]
                let answer = try await server.upload(PyPIUpload(package, kind, as: client), token: token)
                #expect(answer.status == 200, "\(answer.reason)")
            }
            let history = try await server.registry.catalog.history(PyPI.ecosystem, name: "tiny.pkg.x", for: .anonymous)
            #expect(history.releases.map(\.files.count) == [2])
            let details = try await server.registry.catalog.details(history.project, release: history.releases[0])
            #expect(details.dependencies.map(\.name) == ["foo", "bar"])
        }
    }

    @Test("The same bytes again change nothing; other bytes are refused with PyPI's words and status")
    func repeats() async throws {
        try await withPyPI { server in
            let token = try await server.token("ann")
            let package = PyPITestPackage()
            _ = try await server.upload(PyPIUpload(package), token: token)
            #expect(try await server.upload(PyPIUpload(package), token: token).status == 200)
            var other = package
            other.files[0].content = "value = 2\n"
            let refused = try await server.upload(PyPIUpload(other), token: token)
            #expect(refused.status == 400)
            #expect(refused.reason.contains("File already exists"))
            #expect(refused["content-type"] == "application/problem+json")
            #expect(try JSONValue.parse(refused.body)["code"] == "file-exists")
        }
    }

    @Test("A release has one source distribution, and one wheel for the same tags, however they are spelled")
    func oneOfEach() async throws {
        try await withPyPI { server in
            let token = try await server.token("ann")
            var package = PyPITestPackage()
            for kind in [PyPI.FileKind.wheel, .source] {
                #expect(try await server.upload(PyPIUpload(package, kind), token: token).status == 200)
            }
            package.fileName = "Tiny.Pkg_X-1.0.tar.gz"
            let source = try await server.upload(PyPIUpload(package, .source), token: token)
            #expect(source.status == 400)
            #expect(source.reason.contains("File already exists"))
            #expect(source.reason.contains("tiny_pkg_x-1.0.tar.gz"))

            package.fileName = "tiny_pkg_x-1.0.0-PY3-none-any.whl"
            let wheel = try await server.upload(PyPIUpload(package, .wheel), token: token)
            #expect(wheel.status == 400)
            #expect(wheel.reason.contains("another spelling"), "\(wheel.reason)")

            package.fileName = "tiny_pkg_x-1.0-cp312.cp311-none-any.whl"
            package.tags = ["cp312-none-any", "cp311-none-any"]
            #expect(try await server.upload(PyPIUpload(package, .wheel), token: token).status == 200)
            package.fileName = "tiny_pkg_x-1.0-cp311.cp312-none-any.whl"
            #expect(try await server.upload(PyPIUpload(package, .wheel), token: token).status == 400)

            // Another build is another file.
            package.tags = ["py3-none-any"]
            package.fileName = "tiny_pkg_x-1.0-1-py3-none-any.whl"
            #expect(try await server.upload(PyPIUpload(package, .wheel), token: token).status == 200)
        }
    }

    @Test("Who may not publish is told why in the reason phrase")
    func rights() async throws {
        try await withPyPI { server in
            let upload = PyPIUpload(PyPITestPackage())
            let anonymous = try await server.upload(upload, token: nil)
            #expect(anonymous.status == 401)
            #expect(anonymous["www-authenticate"]?.hasPrefix("Basic") == true)
            #expect(anonymous.reason.contains("token"))
            let unknown = "hlmk_" + String(repeating: "0", count: 36)
            #expect(try await server.upload(upload, token: unknown).status == 401)
            let other = try await server.token("scoped", scopes: ["publish:cargo"])
            #expect(try await server.upload(upload, token: other).status == 403)
            #expect(try await server.upload(upload, token: server.token("ann")).status == 200)
            var newer = PyPITestPackage()
            newer.name = "tiny-pkg.x"
            newer.version = "1.1"
            let stranger = try await server.upload(PyPIUpload(newer), token: server.token("bob"))
            #expect(stranger.status == 403)
            #expect(stranger.reason.contains("bob is not an owner"))
            #expect(server.registry.storedFiles().count == 1, "only what ann published is stored")
        }
    }

    @Test("A form that is not complete or not an upload")
    func forms() async throws {
        try await withPyPI { server in
            let token = try await server.token("ann")
            func refusal(_ change: (inout PyPIUpload) -> Void) async throws -> String {
                var upload = PyPIUpload(PyPITestPackage())
                change(&upload)
                let answer = try await server.upload(upload, token: token)
                #expect((400..<500).contains(answer.status), "\(answer.status) \(answer.reason)")
                return answer.reason
            }
            #expect(try await refusal { $0.set(":action", "submit") }.contains(":action"))
            #expect(try await refusal { $0.set(":action") }.contains(":action"))
            #expect(try await refusal { $0.set("protocol_version", "2") }.contains("protocol_version"))
            for field in ["name", "version", "filetype"] {
                #expect(try await refusal { $0.set(field) }.contains(field))
                #expect(try await refusal { $0.set(field, "a", "a") }.contains(field))
            }
            #expect(try await refusal { $0.file = nil }.contains("content"))
            #expect(try await refusal { $0.file?.name = "" }.contains("file name"))
            #expect(try await refusal { $0.file?.name = "../evil.whl" }.contains("file name"))
            #expect(try await refusal { $0.set("sha256_digest", "00") }.contains("sha256_digest"))
            #expect(try await refusal { $0.set("name", "os") }.contains("standard library"))
            #expect(try await refusal { $0.set("version", "one") }.contains("PEP 440"))
            #expect(try await refusal { $0.set("requires_dist", "evil") }.contains("requires_dist"))
            #expect(try await refusal { $0.set("name", "a\u{0}") }.contains("NUL"))
            let json = try await server.exchange(
                "POST /pypi/legacy/", ["Content-Type: application/json", EcosystemServer.basic(token)],
                body: [0x7B, 0x7D])
            #expect(json.status == 415)
            #expect(try await server.get("/pypi/simple/tiny-pkg-x/").status == 404)
        }
    }

    @Test("A refused upload is never sent where the client waits for leave to send it")
    func expectation() async throws {
        try await withPyPI { server in
            let upload = PyPIUpload(PyPITestPackage())
            let head = [PyPIUpload.contentType, "Expect: 100-continue", "Content-Length: \(upload.body.count)"]
            let refused = try await RawConnection.connect(to: server.port)
            try await refused.request("POST /pypi/legacy/", head)
            let refusal = try await refused.response()
            #expect(refusal.status == 401)
            #expect(refusal.interim.isEmpty)
            await refused.close()

            let token = try await server.token("ann")
            let connection = try await RawConnection.connect(to: server.port)
            try await connection.request("POST /pypi/legacy/", head + [EcosystemServer.basic(token)])
            #expect(try await connection.interim() == 100)
            try await connection.send(upload.body)
            #expect(try await connection.response().status == 200)
            await connection.close()
        }
    }

    @Test("An upload that is cut off leaves nothing")
    func cutOff() async throws {
        try await withPyPI { server in
            let token = try await server.token("ann")
            let body = PyPIUpload(PyPITestPackage()).body
            let connection = try await RawConnection.connect(to: server.port)
            let head = [PyPIUpload.contentType, EcosystemServer.basic(token), "Content-Length: \(body.count)"]
            try await connection.request("POST /pypi/legacy/", head)
            try await connection.send(Array(body.dropLast(100)))
            await connection.close()
            #expect(try await server.get("/pypi/simple/tiny-pkg-x/").status == 404)
            #expect(try await server.upload(PyPIUpload(PyPITestPackage()), token: token).status == 200)
        }
    }
}
