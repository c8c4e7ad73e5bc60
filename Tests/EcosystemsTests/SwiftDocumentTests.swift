import Ecosystems
import RegistryModel
import Testing

@Suite("Documents of Swift packages")
struct SwiftDocumentTests {
    private func history(_ versions: [(String, ReleaseState)]) -> ProjectHistory {
        let time = Timestamp(seconds: 1_700_000_000)
        let releases = versions.enumerated().map { index, version in
            Release(
                id: Int64(index), version: ReleaseVersion(display: version.0, key: version.0), state: version.1,
                stateReason: nil, deprecation: nil, publishedAt: time, receivedAt: time, origin: "upload",
                publisher: "mona", publisherKind: .token, document: .object([]), files: [])
        }
        let project = Project(
            id: 1, ecosystem: SwiftRegistry.ecosystem,
            name: ProjectName(display: "mona.LinkedList", key: "mona.linkedlist", confusable: ""), visibility: .public,
            status: .active, statusReason: nil, createdAt: time, updatedAt: time, revision: 1, latestVersion: nil,
            summary: nil)
        return ProjectHistory(project: project, releases: releases, tags: [:], members: [])
    }

    private let addresses = SwiftAddresses(base: "https://h.example/swift")

    @Test("Following next from the first page visits every release once, the highest version first")
    func pages() throws {
        let versions = (0..<23).map { ("1.\($0).0", ReleaseState.live) } + [("2.0.0-rc.1", .live)]
        let list = SwiftReleaseList(history(versions.shuffled()), addresses, pageSize: 5)
        #expect(list.pageCount == 5)
        var seen: [String] = []
        var number: Int? = 1
        while let current = number {
            let page = try #require(list.page(current))
            seen += try JSONValue.parse(page.body)["releases"]?.members?.map(\.name) ?? []
            let links = try #require(page.link).value.split(separator: ", ")
            #expect(links.allSatisfy { $0.split(separator: ";").count == 2 })
            let next = links.first { $0.hasSuffix("rel=\"next\"") }
            number = next.flatMap { $0.firstMatch(of: /\?page=([0-9]+)>/).flatMap { Int($0.output.1) } }
            #expect(links.contains { $0.contains("/1.22.0>; rel=\"latest-version\"") })
        }
        #expect(seen == ["2.0.0-rc.1"] + (0..<23).reversed().map { "1.\($0).0" })
        #expect(list.page(0) == nil && list.page(6) == nil)
        #expect(SwiftReleaseList(history([("1.0.0", .yanked)]), addresses).page(1)?.link == nil)
    }

    @Test("A release names its neighbours by precedence")
    func neighbours() {
        let history = history([("1.10.0", .live), ("1.2.0", .live), ("1.9.0-a", .live)])
        let link = SwiftReleaseDocument(history, history.releases[2], addresses).link?.value ?? ""
        func address(_ version: String) -> String { "<https://h.example/swift/mona/LinkedList/\(version)>" }
        #expect(
            link == "\(address("1.10.0")); rel=\"latest-version\", \(address("1.10.0")); rel=\"successor-version\", "
                + "\(address("1.2.0")); rel=\"predecessor-version\"")
    }

    @Test("What is kept beside an archive is read as it was written")
    func kept() {
        let claim = SwiftPublishClaim(
            metadata: [0x7B, 0x7D], archiveSignature: [1], metadataSignature: [2], format: "cms-1.0.0")
        let text = "// swift-tools-version:5.9\r\n\u{FEFF}\u{2028}e\u{301}é\\\"\u{1}\n"
        let file = SwiftReleaseFile(
            manifests: [.init(file: "Package.swift", toolsVersion: "5.9.0", content: text)],
            metadata: ["description": "x"], claim: claim)
        let read = SwiftReleaseFile(file.bytes)
        #expect(read == file)
        #expect(read?.manifests.first.map { Array($0.content.utf8) } == Array(text.utf8))
        #expect(SwiftReleaseFile(Array("[]".utf8)) == nil && SwiftReleaseFile([]) == nil)
    }
}
