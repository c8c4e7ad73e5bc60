import Ecosystems
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("What an upload asks for beside the upload")
struct PyPIWishesTests {
    @Test("A dry run answers as the upload would, says that it was one, and keeps nothing")
    func dryRun() async throws {
        try await withPyPI { server in
            let token = try await server.token("ann")
            let upload = PyPIUpload(PyPITestPackage())
            let answer = try await server.upload(upload, token: token, headers: ["Hallmark-Dry-Run: true"])
            #expect(answer.status == 200, "\(answer.reason)")
            #expect(answer["hallmark-dry-run"] == "true")
            #expect(answer.text.contains("nothing was kept"))
            #expect(try await server.get("/pypi/simple/tiny-pkg-x/").status == 404)
            #expect(server.registry.storedFiles().filter { !$0.hasPrefix("hallmark.") } == [])

            let real = try await server.upload(upload, token: token)
            #expect(real.status == 200 && real["hallmark-dry-run"] == nil)
            var other = PyPITestPackage()
            other.files[0].content = "value = 2\n"
            let refused = try await server.upload(PyPIUpload(other), token: token, headers: ["Hallmark-Dry-Run: true"])
            #expect(refused.status == 400 && refused.reason.contains("File already exists"))
        }
    }

    @Test("A staged upload is invisible, and the answer says where it waits")
    func staged() async throws {
        try await withPyPI { server in
            let token = try await server.token("ann")
            let upload = PyPIUpload(PyPITestPackage())
            let answer = try await server.upload(upload, token: token, headers: ["Hallmark-Stage: true"])
            #expect(answer.status == 200, "\(answer.reason)")
            let key = try #require(answer["hallmark-staging"])
            #expect(answer.text.contains("http://registry.example/staging/\(key)/pypi/"))
            #expect(try await server.get("/pypi/simple/tiny-pkg-x/").status == 404)
        }
    }
}
