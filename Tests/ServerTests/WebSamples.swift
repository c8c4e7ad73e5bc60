import Ecosystems
import Publishing
import RegistryModel
import WebUI

/// Values for pages without a registry behind them.
enum WebSamples {
    static let publicURL = "https://packages.example.org"
    static let presentations: [EcosystemPresentation] = [.pypi, .cargo, .npm, .swift]
    /// 2026-11-22 14:03:05 UTC.
    static let now = Timestamp(seconds: 1_795_356_185)

    static func digest(_ byte: UInt8) -> FileDigests {
        guard let sha256 = SHA256Digest((0..<32).map { $0 &* 7 &+ byte }) else { preconditionFailure("32 bytes") }
        return FileDigests(
            sha256: sha256, md5: Array(repeating: byte, count: 16), sha1: Array(repeating: byte, count: 20),
            sha512: Array(repeating: byte, count: 64), blake2b256: Array(repeating: byte, count: 32))
    }

    static func file(_ name: String, kind: String, size: Int64, byte: UInt8, isRemoved: Bool = false) -> PackageFile {
        PackageFile(
            id: Int64(byte), name: name, size: size, digests: digest(byte), publishedAt: now, receivedAt: now,
            kind: kind, document: .object([]), metadataDigest: nil, isRemoved: isRemoved)
    }

    static func release(
        _ version: String, id: Int64 = 1, daysAgo: Int64 = 0, state: ReleaseState = .live, reason: String? = nil,
        deprecation: String? = nil, publisher: String = "alice", kind: Principal.Kind = .token,
        files: [PackageFile] = []
    ) -> Release {
        let at = now.advanced(bySeconds: -daysAgo * 86_400)
        return Release(
            id: id, version: ReleaseVersion(display: version, key: version), state: state, stateReason: reason,
            deprecation: deprecation, publishedAt: at, receivedAt: at, origin: "upload", publisher: publisher,
            publisherKind: kind, document: .object([]), files: files)
    }

    static func project(
        _ name: String = "lantern", ecosystem: String = "pypi", visibility: Visibility = .public,
        status: ProjectStatus = .active, reason: String? = nil, latest: String? = "1.4.2",
        summary: String? = "Small, quick HTTP requests with retries, timeouts and a memory of what went wrong"
    ) -> Project {
        Project(
            id: 1, ecosystem: EcosystemID(rawValue: ecosystem),
            name: ProjectName(display: name, key: name, confusable: name), visibility: visibility, status: status,
            statusReason: reason, createdAt: now, updatedAt: now, revision: 7, latestVersion: latest,
            summary: summary)
    }

    static func history(_ project: Project = project(), releases: [Release] = releases) -> ProjectHistory {
        ProjectHistory(
            project: project, releases: releases, tags: ["latest": "1.4.2", "next": "2.0.0rc1"],
            members: [
                ProjectMember(userID: 1, userName: "alice", role: .owner),
                ProjectMember(userID: 2, userName: "build-farm", role: .maintainer),
            ])
    }

    static let releases: [Release] = [
        release("1.0.0", id: 1, daysAgo: 400, files: files("1.0.0")),
        release(
            "1.2.0", id: 2, daysAgo: 200, state: .yanked, reason: "Drops the last byte of chunked answers",
            files: files("1.2.0")),
        release("1.3.0", id: 3, daysAgo: 90, deprecation: "Use 1.4 or later", files: files("1.3.0")),
        release("1.4.2", id: 4, daysAgo: 3, kind: .operatorToken, files: files("1.4.2")),
        release("2.0.0rc1", id: 5, daysAgo: 1, publisher: "build-farm", files: files("2.0.0rc1")),
    ]

    static func files(_ version: String) -> [PackageFile] {
        [
            file("lantern-\(version)-py3-none-any.whl", kind: "bdist_wheel", size: 48_213, byte: 0x3F),
            file(
                "lantern-\(version)-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", kind: "bdist_wheel",
                size: 3_804_512, byte: 0xA1),
            file("lantern-\(version).tar.gz", kind: "sdist", size: 912, byte: 0x17),
        ]
    }

    static func subject(
        _ tab: ProjectTab = .readme, history: ProjectHistory = history(), version: String? = nil,
        presentation: EcosystemPresentation = .pypi, events: [EventLine] = []
    ) -> ProjectSubject {
        let release =
            ProjectSubject.release(version, in: history, scheme: presentation.versions) ?? release("0")
        return ProjectSubject(
            history: history, release: release, isPinned: version != nil, tab: tab, presentation: presentation,
            publicURL: publicURL, events: events)
    }

    static var facts: ReleaseFacts {
        var facts = ReleaseFacts()
        facts.summary = "Small, quick HTTP requests with retries, timeouts and a memory of what went wrong"
        facts.readme = Readme(mediaType: "text/markdown", text: readme)
        facts.license = "MIT OR Apache-2.0"
        facts.homepage = "https://lantern.example/"
        facts.repository = "https://code.example/lantern/lantern"
        facts.documentation = "https://docs.example/lantern?from=registry&x=1"
        facts.keywords = ["http", "client", "retry", "timeouts"]
        facts.authors = ["The Lantern contributors"]
        facts.installHooks = []
        return facts
    }

    static func chart() -> DownloadChart {
        var counts: [Int64: Int64] = [:]
        for day in 1...30 { counts[now.day - Int64(day)] = day.isMultiple(of: 7) ? 0 : Int64((day * 37) % 90) }
        return DownloadChart(counts, today: now.day)
    }

    static func event(
        _ kind: String, id: Int64 = 1, daysAgo: Int64 = 0, via: Principal.Kind = .token,
        _ details: [(String, JSONValue)]
    ) -> EventLine? {
        EventLine(
            Event.make(
                id: id, kind: kind, at: now.advanced(bySeconds: -daysAgo * 86_400), actor: "alice", via: via,
                projectID: 1, visibility: .public, details: details))
    }

    static var events: [EventLine] {
        [
            event("file.published", id: 9, daysAgo: 1, [("version", "2.0.0rc1"), ("file", "lantern-2.0.0rc1.tar.gz")]),
            event(
                "file.published", id: 8, daysAgo: 3, via: .operatorToken,
                [("version", "1.4.2"), ("file", "lantern-1.4.2.tar.gz")]),
            event(
                "release.yanked", id: 7, daysAgo: 150,
                [("version", "1.2.0"), ("reason", "Drops the last byte of chunked answers")]),
            event("member.added", id: 6, daysAgo: 300, [("user", "build-farm"), ("role", "maintainer")]),
            event("project.created", id: 5, daysAgo: 400, [("owner", "alice")]),
        ].compactMap(\.self)
    }

    static let readme = """
        # Lantern

        [![Build](https://ci.example/lantern.svg)](https://ci.example/lantern) ![Coverage 98 %](https://cov.example/b.svg)

        Lantern sends **HTTP requests** and remembers what went wrong. See [the guide](https://docs.example/lantern),
        or jump to [Use](#use).

        ## Use

        ```python
        from lantern import Client

        with Client(retries=3, timeout=2.5) as client:
            answer = client.get("https://example.org/a/rather/long/address/that/needs/some/room")
            print(answer.status)
        ```

        ### What it retries

        | Status | Retried | Wait |
        |:-------|:-------:|-----:|
        | 408    | yes     | 0.5 s |
        | 503    | yes     | `Retry-After` |
        | 404    | no      | – |

        > A request with a body is retried only where the body can be sent again.

        - [x] Timeouts
        - [x] Retries
        - [ ] HTTP/3

        1. Install it
        2. Read `lantern --help`
        """
}
