import Ecosystems
import Formats
import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Python packages: the index documents")
struct PyPIIndexTests {
    private let index = PyPIIndex(base: "https://reg.example/pypi", pages: "https://reg.example/p/pypi")
    private static let time = Timestamp(microseconds: 1_767_323_045_000_006)

    private func file(
        _ name: String, python: String? = ">=3.8", metadata: Bool = true, isRemoved: Bool = false
    ) -> PackageFile {
        let digests = FileHasher.digests(of: name.utf8)
        return PackageFile(
            id: 1, name: name, size: 1225, digests: digests, publishedAt: Self.time, receivedAt: Self.time,
            kind: "bdist_wheel",
            document: .compactObject([
                ("requires_python", python.map(JSONValue.string)), ("python_version", "py3"),
            ]), metadataDigest: metadata ? digests.sha256 : nil, isRemoved: isRemoved)
    }

    private func release(
        _ version: String, state: ReleaseState = .live, reason: String? = nil, document: JSONValue = .object([]),
        files: [PackageFile]? = nil
    ) -> Release {
        Release(
            id: Int64(version.hashValue & 0xFFFF_FFFF), version: ReleaseVersion(display: version, key: version),
            state: state, stateReason: reason, deprecation: nil, publishedAt: Self.time, receivedAt: Self.time,
            origin: "upload", publisher: "ann", publisherKind: .token, document: document,
            files: files ?? [file("tiny_pkg_x-\(version)-py3-none-any.whl")])
    }

    private func history(
        _ releases: [Release], status: ProjectStatus = .active, reason: String? = nil, name: String = "Tiny.Pkg_X"
    ) throws -> ProjectHistory {
        let project = Project(
            id: 1, ecosystem: PyPI.ecosystem, name: try PyPIFormat().projectName(name), visibility: .public,
            status: status, statusReason: reason, createdAt: Self.time, updatedAt: Self.time, revision: 7,
            latestVersion: nil, summary: nil)
        return ProjectHistory(project: project, releases: releases, tags: [:], members: [])
    }

    @Test("The project page in JSON, byte for byte")
    func projectJSON() throws {
        let bytes = index.projectJSON(try history([release("1.0+a.1")]))
        let digest = FileHasher.digests(of: "tiny_pkg_x-1.0+a.1-py3-none-any.whl".utf8).sha256.hex
        let expected =
            #"{"meta":{"api-version":"1.4"},"name":"tiny-pkg-x","project-status":{"status":"active"},"#
            + #""versions":["1.0+a.1"],"files":[{"filename":"tiny_pkg_x-1.0+a.1-py3-none-any.whl","#
            + #""url":"https://reg.example/pypi/files/tiny-pkg-x/1.0%2Ba.1/tiny_pkg_x-1.0%2Ba.1-py3-none-any.whl","#
            + #""hashes":{"sha256":"\#(digest)"},"requires-python":">=3.8","size":1225,"#
            + #""upload-time":"2026-01-02T03:04:05.000006Z","yanked":false,"core-metadata":{"sha256":"\#(digest)"}}]}"#
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test("Versions and files stand in PEP 440's order")
    func order() throws {
        let versions = ["1.10", "1.9", "1.10rc1", "0.5", "1!0.1"]
        let page = try JSONValue.parse(index.projectJSON(history(versions.map { release($0) })))
        let expected = ["0.5", "1.9", "1.10rc1", "1.10", "1!0.1"]
        #expect(page["versions"] == .strings(expected))
        #expect(
            page["files"]?.arrayValue?.compactMap { $0["filename"]?.stringValue }
                == expected.map { "tiny_pkg_x-\($0)-py3-none-any.whl" })
    }

    @Test(
        "Yanked files carry the reason or true; absent metadata is false; removed files and hidden releases are left out"
    )
    func marks() throws {
        let history = try history([
            release("1.0", state: .yanked, reason: "broken \"build\""), release("1.1", state: .yanked),
            release("1.2", files: [file("a.whl", python: nil, metadata: false), file("b.whl", isRemoved: true)]),
            release("1.3", state: .held), release("1.4", state: .quarantined),
        ])
        let page = try JSONValue.parse(index.projectJSON(history))
        let files = try #require(page["files"]?.arrayValue)
        #expect(files.map { $0["yanked"] } == [.string("broken \"build\""), .bool(true), .bool(false)])
        #expect(files[2]["core-metadata"] == .bool(false))
        #expect(files[2]["requires-python"] == nil)
        #expect(page["versions"] == .strings(["1.0", "1.1", "1.2"]))
        let html = String(decoding: index.projectHTML(history), as: UTF8.self)
        #expect(html.contains("data-yanked=\"broken &quot;build&quot;\""))
        #expect(html.contains("data-yanked=\"\""))
        #expect(!html.contains("b.whl"))
        #expect(html.components(separatedBy: "<a ").count == 4)
    }

    @Test("A quarantined project offers no file and says so")
    func quarantine() throws {
        let history = try history([release("1.0")], status: .quarantined, reason: "malware <script>")
        let page = try JSONValue.parse(index.projectJSON(history))
        #expect(page["files"] == .array([]))
        #expect(page["project-status"]?["status"] == "quarantined")
        #expect(page["project-status"]?["reason"] == "malware <script>")
        let html = String(decoding: index.projectHTML(history), as: UTF8.self)
        #expect(html.contains("<meta name=\"pypi:project-status\" content=\"quarantined\">"))
        #expect(html.contains("<meta name=\"pypi:project-status-reason\" content=\"malware &lt;script&gt;\">"))
        #expect(!html.contains("<a "))
        let document = try JSONValue.parse(
            index.releaseJSON(history, release: release("1.0"), readme: nil, includesReleases: true))
        #expect(document["urls"] == .array([]))
        #expect(document["releases"] == ["1.0": []])
    }

    @Test("The project page in HTML, with everything escaped")
    func projectHTML() throws {
        let hostile = "\"><script>alert(1)</script>&'\n"
        let bad = release("1.0", state: .yanked, reason: hostile, files: [file("x.whl", python: hostile)])
        let html = String(decoding: index.projectHTML(try history([bad], reason: hostile)), as: UTF8.self)
        #expect(html.contains("<meta name=\"pypi:repository-version\" content=\"1.4\">"))
        #expect(!html.contains("<script"))
        #expect(!html.contains("&'"))
        let escaped = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#x27; "
        for attribute in ["data-requires-python", "data-yanked"] {
            #expect(html.contains("\(attribute)=\"\(escaped)\""))
        }
        let digest = FileHasher.digests(of: "x.whl".utf8).sha256.hex
        #expect(
            html.contains("<a href=\"https://reg.example/pypi/files/tiny-pkg-x/1.0/x.whl#sha256=\(digest)\" "))
        #expect(html.contains("data-core-metadata=\"sha256=\(digest)\""))
        #expect(html.contains("data-dist-info-metadata=\"sha256=\(digest)\""))
    }

    @Test("The list of projects in both forms")
    func list() throws {
        let projects = [try history([]).project, try history([], name: "other").project]
        let expected = #"{"meta":{"api-version":"1.4"},"projects":[{"name":"Tiny.Pkg_X"},{"name":"other"}]}"#
        #expect(String(decoding: PyPIList(index, isJSON: true).whole(projects.map(\.name)), as: UTF8.self) == expected)
        let html = String(decoding: PyPIList(index, isJSON: false).whole(projects.map(\.name)), as: UTF8.self)
        #expect(html.contains("<a href=\"https://reg.example/pypi/simple/tiny-pkg-x/\">Tiny.Pkg_X</a>"))
    }

    @Test("The latest release is the newest stable one that is not yanked")
    func latest() throws {
        func latest(_ releases: Release...) throws -> String? {
            PyPIIndex.latest(try history(releases))?.version.display
        }
        #expect(try latest(release("1.10"), release("1.9"), release("2.0rc1")) == "1.10")
        #expect(try latest(release("1.0", state: .yanked), release("2.0rc1")) == "2.0rc1")
        #expect(try latest(release("1.0", state: .yanked), release("0.9", state: .yanked)) == "1.0")
        #expect(try latest() == nil)
        let one = try history([release("1.0")])
        #expect(PyPIIndex.release("v1.0.0", in: one)?.version.display == "1.0")
        #expect(PyPIIndex.release("1.1", in: one) == nil)
        #expect(PyPIIndex.release("x", in: one) == nil)
    }

    @Test("The JSON documents have the members that tools read")
    func documents() throws {
        let about: JSONValue = [
            "summary": "Tiny", "keywords": ["a", "b"], "requires_dist": ["foo>=1"],
            "project_urls": [["label": "Docs", "url": "https://one"], ["label": "Docs", "url": "https://two"]],
        ]
        let newest = release("1.1", state: .yanked, reason: "broken", document: about)
        let history = try history([release("1.0"), newest])
        let document = try JSONValue.parse(
            index.releaseJSON(history, release: newest, readme: "# Tiny", includesReleases: true))
        let info = try #require(document["info"])
        #expect(info["name"] == "Tiny.Pkg_X")
        #expect(info["version"] == "1.1")
        #expect(info["summary"] == "Tiny")
        #expect(info["keywords"] == "a,b")
        #expect(info["description"] == "# Tiny")
        #expect(info["requires_dist"] == ["foo>=1"])
        #expect(info["author"] == .null)
        #expect(info["package_url"] == "https://reg.example/p/pypi/tiny-pkg-x")
        #expect(info["release_url"] == "https://reg.example/p/pypi/tiny-pkg-x/1.1")
        #expect(info["classifiers"] == [])
        #expect(info["project_urls"] == ["Docs": "https://two"])
        #expect(info["yanked"] == true)
        #expect(info["yanked_reason"] == "broken")
        #expect(document["last_serial"] == 7)
        #expect(document["vulnerabilities"] == [])
        #expect(document["releases"]?.members?.map(\.name) == ["1.0", "1.1"])
        let url = try #require(document["urls"]?.arrayValue?.first)
        #expect(url["packagetype"] == "bdist_wheel")
        #expect(url["upload_time"] == "2026-01-02T03:04:05")
        #expect(url["digests"]?["blake2b_256"]?.stringValue?.count == 64)
        #expect(url["yanked_reason"] == "broken")
        let single = index.releaseJSON(history, release: newest, readme: nil, includesReleases: false)
        #expect(try JSONValue.parse(single)["releases"] == nil)
    }

    @Test("The installer's own reader takes the pages", .enabled(if: SystemPython.has("pip._internal")))
    func oracle() async throws {
        let history = try history([
            release("1.0", files: [file("tiny_pkg_x-1.0-py3-none-any.whl", python: ">=3.8,<\"4\"")]),
            release("1.1", state: .yanked, reason: "a & b"),
        ])
        let script = """
            import json, sys
            from pip._internal.index.collector import IndexContent, parse_links
            parts = sys.stdin.read().split("\\x1e")
            for body, kind in ((parts[0], "application/vnd.pypi.simple.v1+json"), (parts[1], "text/html")):
                content = IndexContent(body.encode(), kind, "utf-8", "https://reg.example/pypi/simple/tiny-pkg-x/")
                for link in parse_links(content):
                    print(link.filename, link.requires_python, link.yanked_reason, link.hash, bool(link.metadata_link()))
            """
        let pages = [index.projectJSON(history), index.projectHTML(history)].map { String(decoding: $0, as: UTF8.self) }
        let lines = try await SystemPython.lines(of: script, reading: [pages.joined(separator: "\u{1e}")])
        try #require(lines.count == 4)
        #expect(lines[0] == lines[2])
        #expect(lines[1] == lines[3])
        #expect(lines[0].hasPrefix("tiny_pkg_x-1.0-py3-none-any.whl >=3.8,<\"4\" None "))
        #expect(lines[1].hasPrefix("tiny_pkg_x-1.1-py3-none-any.whl >=3.8 a & b "))
        #expect(lines.allSatisfy { $0.hasSuffix(" True") })
    }
}
