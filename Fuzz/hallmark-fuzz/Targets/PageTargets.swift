import Ecosystems
import Foundation
import Persistence
import RegistryModel
import WebUI

/// READMEs, queries, search.
func pageTargets() -> [FuzzTarget] {
    let search = SearchFixture()
    return [
        FuzzTarget(
            "markdown", maximumBytes: 16 << 10,
            seeds: [
                "# A\n\n[x](https://a.b \"t\") ![i](http://c) <b>x</b> www.x.y a@b.c\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n- [ ] x\n  1. y\n",
                "> a\n> > b\n\n```js\nx\n```\n~~s~~ [r]: https://x \"y\"\n[r][] &amp; &#x3c; \\<\n",
                "[a](javascript:alert(1))\n<https://x>\n<a@b>\n",
                "![a][b] [^1]\n\n[^1]: note\n", "***a** b*\n===\n---\n",
            ],
            words:
                "* ** _ ~~ ` ``` # > - + 1. | --- :-: [ ] ( ) ![ ]( ]: < > <a <!-- --> <![CDATA[ ]]> <?x javascript: data: https:// www. @ &lt; \\ [^1] \u{2028} [x]: <script> onerror= \" '"
        ) { input in
            let text = String(decoding: input, as: UTF8.self)
            guard let html = MarkdownRenderer().html(text) else { return "as it is" }
            try MarkupCheck(html).check()
            try require(html.utf8.count <= 64 * input.count + 4096, "\(input.count) bytes became \(html.utf8.count)")
            return "html \(html.contains("<table")) \(html.contains("href")) \(html.contains("<pre"))"
        },
        .text(
            "query", seeds: ["q=a+b&page=2&q=c", "q=%00%41%", "=&==&a", "q=%C3%A9"],
            words: "q= page= & = % %00 + %26 ecosystem="
        ) { text in
            let values = QueryValues(text)
            for name in ["q", "page", "ecosystem"] {
                try require(values[name].utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a control character in \(name)")
            }
            return "\(values["q"].isEmpty) \(values.number("page", in: 1...100))"
        },
        FuzzTarget(
            "search", maximumBytes: 600,
            seeds: ["serde json", "\"a\" OR b*", "é e\u{301} 漢字 ａ", "a-b_c.d", "NEAR(a b)", "ⅷ ½ ² ः"],
            words: "AND OR NOT NEAR ( ) \" * ^ : - + name: {a} ' ; -- % _ 漢 \u{301} \u{200D} \u{AD} ﬁ İ"
        ) { input in
            let text = String(decoding: input, as: UTF8.self)
            do {
                return "found \(try await search.search(text))"
            } catch SQLFault.nullCharacter {
                // The edge refuses it; the store does too.
                return "NUL"
            }
        },
    ]
}

/// A store with a few projects in the machine's temporary folder, opened when it is first asked.
private actor SearchFixture {
    private var driver: SQLiteDriver?

    func search(_ text: String) async throws -> Int {
        let driver = try await open()
        let request = SearchRequest(text: text, ecosystem: nil, audience: .everything, limit: 20, offset: 0)
        return try await driver.read { try SearchIndex($0).search(request).total }
    }

    private func open() async throws -> SQLiteDriver {
        if let driver { return driver }
        let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-fuzz-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let driver = try SQLiteDriver(path: folder.appending(path: "search.sqlite").path)
        try await Migrator(driver: driver, migrations: Migration.all, clock: StillClock()).migrate()
        try await driver.write { connection in
            for (id, name) in ["serde-json", "requests", "left-pad", "漢字"].enumerated() {
                try SearchIndex(connection).put(
                    SearchEntry(
                        projectID: Int64(id + 1), name: name, nameKey: name, summary: "a summary", keywords: ["x"],
                        ecosystem: EcosystemID(rawValue: "any"), visibility: .public, members: []))
            }
        }
        self.driver = driver
        return driver
    }
}

private struct StillClock: WallClock {
    func now() -> Timestamp { Timestamp(seconds: 1_700_000_000) }
}
