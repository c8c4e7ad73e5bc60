import Ecosystems
import Formats
import Foundation
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("/pypi/: reading")
struct PyPIRoutesTests {
    private static let json = "Accept: application/vnd.pypi.simple.v1+json"

    @Test("What was uploaded is found on every page and comes back byte for byte")
    func roundTrip() async throws {
        try await withPyPI { server in
            let token = try await server.token("ann")
            var package = PyPITestPackage()
            package.fields.append("Requires-Python: >=3.8")
            #expect(try await server.upload(PyPIUpload(package), token: token).status == 200)
            #expect(try await server.upload(PyPIUpload(package, .source, as: .uv), token: token).status == 200)

            let page = try await server.get("/pypi/simple/tiny-pkg-x/", [Self.json])
            #expect(page.status == 200)
            #expect(page["content-type"] == "application/vnd.pypi.simple.v1+json")
            #expect(page["vary"]?.contains("Accept") == true)
            let files = try #require(try JSONValue.parse(page.body)["files"]?.arrayValue)
            #expect(files.compactMap { $0["filename"]?.stringValue } == [package.wheelName, package.sourceName])
            for (file, bytes) in zip(files, [package.wheel, package.source]) {
                let url = try #require(file["url"]?.stringValue)
                let path = String(url.dropFirst("http://registry.example".count))
                let answer = try await server.get(path)
                #expect(answer.body == bytes)
                #expect(answer["content-encoding"] == nil)
                #expect(file["hashes"]?["sha256"]?.stringValue == FileHasher.digests(of: bytes).sha256.hex)
                let metadata = try await server.get(path + ".metadata")
                #expect(metadata.text == package.metadata)
                #expect(
                    file["core-metadata"]?["sha256"]?.stringValue == SHA256Digest(hashing: metadata.body).hex)
                let part = try await server.exchange("GET \(path)", ["Range: bytes=2-9"])
                #expect(part.status == 206)
                #expect(part.body == Array(bytes[2...9]))
            }
            let document = try JSONValue.parse(try await server.get("/pypi/pypi/tiny-pkg-x/json").body)
            #expect(document["info"]?["description"]?.stringValue == package.body)
            #expect(document["urls"]?.arrayValue?.count == 2)
            let single = try await server.get("/pypi/pypi/tiny-pkg-x/1.0.0/json")
            #expect(try JSONValue.parse(single.body)["info"]?["version"] == "1.0")
            let list = try await server.get("/pypi/simple/")
            #expect(list["content-type"] == "text/html; charset=utf-8")
            #expect(list.text.contains(">Tiny.Pkg_X</a>"))
        }
    }

    @Test("Pages are revalidated, compressed for who takes it, and answered without content to HEAD")
    func caching() async throws {
        try await withPyPI { server in
            let token = try await server.token("ann")
            _ = try await server.upload(PyPIUpload(PyPITestPackage()), token: token)
            let first = try await server.get("/pypi/simple/tiny-pkg-x/", [Self.json])
            let tag = try #require(first["etag"])
            #expect(first["cache-control"] == "no-cache")
            let again = try await server.get("/pypi/simple/tiny-pkg-x/", [Self.json, "If-None-Match: \(tag)"])
            #expect(again.status == 304)
            let html = try await server.get("/pypi/simple/tiny-pkg-x/", ["If-None-Match: \(tag)"])
            #expect(html.status == 200)
            let head = try await server.exchange("HEAD /pypi/simple/tiny-pkg-x/", [Self.json])
            #expect(head.status == 200)
            #expect(head["content-length"] == String(first.body.count))
            var package = PyPITestPackage()
            package.version = "1.1"
            _ = try await server.upload(PyPIUpload(package), token: token)
            let newer = try await server.get("/pypi/simple/tiny-pkg-x/", [Self.json, "If-None-Match: \(tag)"])
            #expect(newer.status == 200)
            #expect(newer.text.contains("1.1"))
        }
    }

    @Test("Every other spelling of a page's address leads to the one")
    func redirects() async throws {
        try await withPyPI { server in
            let cases = [
                ("/pypi/simple", "/pypi/simple/"), ("/pypi/simple/Tiny.Pkg_X/", "/pypi/simple/tiny-pkg-x/"),
                ("/pypi/simple/tiny-pkg-x", "/pypi/simple/tiny-pkg-x/"),
                ("/pypi/simple/Tiny__X?format=text/html", "/pypi/simple/tiny-x/?format=text/html"),
                ("/pypi/pypi/Tiny.X/json", "/pypi/pypi/tiny-x/json"),
                ("/pypi/pypi/Tiny.X/1.0+a/json", "/pypi/pypi/tiny-x/1.0%2Ba/json"),
            ]
            for (path, target) in cases {
                let answer = try await server.get(path)
                #expect(answer.status == 301, "\(path)")
                #expect(answer["location"] == "http://registry.example\(target)")
            }
        }
    }

    @Test("What is not there, and what nobody could take")
    func refusals() async throws {
        try await withPyPI { server in
            let token = try await server.token("ann")
            _ = try await server.upload(PyPIUpload(PyPITestPackage()), token: token)
            let missing = [
                "/pypi/simple/other/", "/pypi/simple/-/", "/pypi/simple/a%2Fb/", "/pypi/simple/%00/",
                "/pypi/pypi/other/json",
                "/pypi/pypi/tiny-pkg-x/2.0/json", "/pypi/pypi/tiny-pkg-x/x/json",
                "/pypi/files/tiny-pkg-x/1.0/other.whl",
                "/pypi/files/tiny-pkg-x/1.1/\(PyPITestPackage().wheelName)",
                "/pypi/files/other/1.0/\(PyPITestPackage().wheelName)", "/pypi/files/tiny-pkg-x/1.0/x.metadata",
                "/pypi/files/tiny-pkg-x/1.0/..%2F..%2Fetc", "/pypi/nothing",
            ]
            for path in missing {
                let answer = try await server.get(path)
                #expect(answer.status == 404, "\(path)")
                #expect(!answer.reason.isEmpty)
            }
            for headers in [["Accept: image/png"], ["Accept: application/json"]] {
                let answer = try await server.get("/pypi/simple/tiny-pkg-x/", headers)
                #expect(answer.status == 406)
            }
            let format = "/pypi/simple/tiny-pkg-x/?format="
            #expect(try await server.get(format + "application/vnd.pypi.simple.v2%2Bjson").status == 406)
            let chosen = try await server.get(
                format + "application/vnd.pypi.simple.latest%2Bjson", ["Accept: text/html"])
            #expect(chosen["content-type"] == "application/vnd.pypi.simple.v1+json")
            #expect(try await server.exchange("DELETE /pypi/simple/tiny-pkg-x/").status == 405)
            let text = try await server.get("/pypi/simple/other/", ["Accept: text/html"])
            #expect(text["content-type"] == "text/plain; charset=utf-8")
            let problem = try await server.get("/pypi/simple/other/")
            #expect(problem["content-type"] == "application/problem+json")
        }
    }

    @Test("Yanked versions are marked, removed ones are gone, and a quarantined project offers nothing")
    func lifecycle() async throws {
        try await withPyPI { server in
            let token = try await server.token("ann")
            let ann = try await server.registry.principal("ann")
            var newer = PyPITestPackage()
            newer.version = "1.1"
            for package in [PyPITestPackage(), newer] { _ = try await server.upload(PyPIUpload(package), token: token) }
            let lifecycle = server.registry.lifecycle
            try await lifecycle.yank(PyPI.ecosystem, name: "Tiny.Pkg-X", version: "1.1.0", reason: "broken", by: ann)
            let page = try await server.get("/pypi/simple/tiny-pkg-x/")
            #expect(page.text.contains("data-yanked=\"broken\""))
            let document = try JSONValue.parse(try await server.get("/pypi/pypi/tiny-pkg-x/json").body)
            #expect(document["info"]?["version"] == "1.0")

            try await lifecycle.remove(PyPI.ecosystem, name: "tiny-pkg-x", version: "1.1", by: ann)
            #expect(try await !server.get("/pypi/simple/tiny-pkg-x/").text.contains("1.1"))
            let gone = "/pypi/files/tiny-pkg-x/1.1/\(newer.wheelName)"
            #expect(try await server.get(gone).status == 404)
            #expect(try await server.get(gone + ".metadata").status == 404)
            newer.files.append(("more.py", ""))
            let reused = try await server.upload(PyPIUpload(newer), token: token)
            #expect(reused.status == 400)
            #expect(reused.reason.contains("never used again"))

            let administrator = try await server.registry.person("olga", isAdministrator: true)
            try await lifecycle.setStatus(
                PyPI.ecosystem, name: "tiny-pkg-x", .quarantined, reason: "malware", by: administrator)
            let quarantined = try await server.get("/pypi/simple/tiny-pkg-x/")
            #expect(quarantined.status == 200)
            #expect(quarantined.text.contains("content=\"quarantined\""))
            #expect(!quarantined.text.contains(".whl"))
            let blocked = try await server.get("/pypi/files/tiny-pkg-x/1.0/\(PyPITestPackage().wheelName)")
            #expect(blocked.status == 403)
            #expect(blocked.reason.contains("malware"))
        }
    }

    @Test("Hidden projects ask anonymous readers for a password and are not listed")
    func visibility() async throws {
        try await withPyPI(visibility: .private) { server in
            let token = try await server.token("ann")
            #expect(try await server.upload(PyPIUpload(PyPITestPackage()), token: token).status == 200)
            let file = "/pypi/files/tiny-pkg-x/1.0/\(PyPITestPackage().wheelName)"
            let paths = ["/pypi/simple/tiny-pkg-x/", "/pypi/pypi/tiny-pkg-x/json", file, file + ".metadata"]
            let stranger = try await server.token("bob")
            for path in paths {
                let anonymous = try await server.get(path)
                #expect(anonymous.status == 401, "\(path)")
                #expect(anonymous["www-authenticate"]?.hasPrefix("Basic realm=") == true)
                #expect(try await server.get(path, [EcosystemServer.basic(stranger)]).status == 404)
                let own = try await server.get(path, [EcosystemServer.basic(token)])
                #expect(own.status == 200)
                #expect(own["cache-control"]?.contains("private") == true)
                #expect(try await server.get(path).status == 401)
            }
            #expect(try await !server.get("/pypi/simple/").text.contains("Tiny"))
        }
    }
}
