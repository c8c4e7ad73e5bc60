import Formats
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Core metadata of Python packages")
struct CoreMetadataTests {
    private func read(_ text: String) throws -> CoreMetadata { try CoreMetadata(parsing: Array(text.utf8)) }

    @Test("Every field of a modern file")
    func modern() throws {
        let metadata = try read(
            """
            Metadata-Version: 2.4
            Name: Tiny.Pkg_X
            Version: 1.0
            Summary: A tiny
              package
            Keywords: one, two words ,three
            Home-page: UNKNOWN
            Author-email: Somebody <somebody@example.org>
            License-Expression: Apache-2.0 OR MIT
            License-File: LICENSE
            License-File: NOTICE
            Classifier: Programming Language :: Python :: 3
            Project-URL: Source, https://example.org/source
            Project-URL: https://example.org/unlabelled
            Requires-Python: >=3.8, !=3.9.0
            Requires-Dist: requests[socks] (>=2.0,<3)
            Requires-Dist: colour; extra == 'Pretty_Print'
            Provides-Extra: pretty-print
            Dynamic: Summary
            Description-Content-Type: text/markdown; charset=UTF-8
            X-Unknown: kept out

            # Tiny

            Body: with a colon
            """)
        #expect(metadata.metadataVersion == "2.4")
        #expect(metadata.name == "Tiny.Pkg_X")
        #expect(metadata.version == "1.0")
        #expect(metadata.summary == "A tiny package")
        #expect(metadata.keywords == ["one", "two words", "three"])
        #expect(metadata.homePage == nil)
        #expect(metadata.authorEmail == "Somebody <somebody@example.org>")
        #expect(metadata.licenseExpression == "Apache-2.0 OR MIT")
        #expect(metadata.licenseFiles == ["LICENSE", "NOTICE"])
        #expect(metadata.classifiers == ["Programming Language :: Python :: 3"])
        #expect(metadata.projectURLs.map(\.label) == ["Source", ""])
        #expect(metadata.projectURLs.map(\.url) == ["https://example.org/source", "https://example.org/unlabelled"])
        #expect(metadata.requiresPython == ">=3.8, !=3.9.0")
        #expect(metadata.requirements.map(\.nameKey) == ["requests", "colour"])
        #expect(metadata.requirements.last?.marker?.extras == ["pretty-print"])
        #expect(metadata.providesExtra == ["pretty-print"])
        #expect(metadata.description == "# Tiny\n\nBody: with a colon")
        #expect(metadata.descriptionContentType == "text/markdown; charset=UTF-8")
        #expect(metadata.hasStaticDependencies)
    }

    @Test("An old file: folded description and licence, keywords apart by spaces, line ends of every kind")
    func old() throws {
        let metadata = try read(
            "Metadata-Version: 1.1\r\nName: old\rVersion: 0.1\nKeywords: one two\r\nLicense: First\n        Second\n"
                + "        \n          Indented\nDescription: Title\n       |=====\n       |\n       |text\nAuthor: UNKNOWN\n"
        )
        #expect(metadata.keywords == ["one", "two"])
        #expect(metadata.license == "First\nSecond\n\n  Indented")
        #expect(metadata.description == "Title\n=====\n\ntext")
        #expect(metadata.author == nil)
        #expect(!metadata.hasStaticDependencies)
    }

    @Test(
        "A source distribution's dependencies are static from 2.2 on unless a field is dynamic",
        arguments: [
            ("2.1", "", false), ("2.2", "", true), ("2.5", "", true), ("2.2", "Dynamic: Description\n", true),
            ("2.2", "Dynamic: Requires-Dist\n", false), ("2.3", "Dynamic: requires-python\n", false),
            ("2.4", "Dynamic: Summary\nDynamic: Provides-Extra\n", false),
        ])
    func staticDependencies(version: String, fields: String, expected: Bool) throws {
        let metadata = try read("Metadata-Version: \(version)\nName: a\nVersion: 1\n\(fields)")
        #expect(metadata.hasStaticDependencies == expected)
    }

    private static let head = "Metadata-Version: 2.1\nName: a\nVersion: 1\n"

    private static let refused: [(String, CoreMetadataFault)] = [
        ("", .missing(field: "Metadata-Version")),
        ("Metadata-Version: 2.1\nVersion: 1\n", .missing(field: "Name")),
        ("Metadata-Version: 2.1\nName: a\n", .missing(field: "Version")),
        ("Metadata-Version: 2.6\nName: a\nVersion: 1\n", .unsupportedMetadataVersion("2.6")),
        ("Metadata-Version: 3.0\nName: a\nVersion: 1\n", .unsupportedMetadataVersion("3.0")),
        ("Metadata-Version: 2.1\nName: a\n b\nVersion: 1\n", .invalid(field: "Name", value: "a\n b")),
        ("HEADname: b\n", .duplicate(field: "Name")),
        ("HEADSummary: a\nSUMMARY: b\n", .duplicate(field: "Summary")),
        ("HEADRequires-Python: >=3\nRequires-Python: >=2\n", .duplicate(field: "Requires-Python")),
        ("HEADDescription: a\n\nbody\n", .duplicate(field: "Description")),
        ("HEADno field\n", .malformedLine(4)),
        ("HEAD: no name\n", .malformedLine(4)),
        ("HEADNäme: a\n", .malformedLine(4)),
        (" folded: nothing\n" + head, .malformedLine(1)),
        ("HEADSummary: a\u{0}\n", .nullCharacter),
        ("HEADRequires-Dist: >=1\n", .invalid(field: "Requires-Dist", value: ">=1")),
        ("HEADRequires-Python: three\n", .invalid(field: "Requires-Python", value: "three")),
        (
            head + "Requires-Dist: a @ https://example.org/a.whl\n",
            .directReference("a @ https://example.org/a.whl")
        ),
        ("HEADDynamic: Name\n", .invalid(field: "Dynamic", value: "name")),
    ]

    @Test("What is refused", arguments: refused)
    func refusals(text: String, fault: CoreMetadataFault) {
        #expect(throws: fault) { try read(text.replacing("HEAD", with: Self.head)) }
        let problem = Problem(fault, in: "METADATA")
        #expect(problem.code == .metadataInvalid)
        #expect(!problem.detail.contains { $0.isNewline })
    }

    @Test("Bytes that are no UTF-8, too many fields and too many bytes are refused")
    func bounds() throws {
        let head = Array(Self.head.utf8)
        #expect(throws: CoreMetadataFault.notUTF8) { try CoreMetadata(parsing: head + [0x41, 0x3A, 0xFF, 0x0A]) }
        #expect(throws: CoreMetadataFault.notUTF8) { try CoreMetadata(parsing: head + [0x0A, 0xC3]) }
        let many = head + Array(String(repeating: "Platform: x\n", count: 10_000).utf8)
        #expect(throws: CoreMetadataFault.tooManyFields(limit: 10_000)) { try CoreMetadata(parsing: many) }
        let large = head + [0x0A] + [UInt8](repeating: 0x20, count: 4 << 20)
        #expect(throws: CoreMetadataFault.tooLarge(limit: 4 << 20)) { try CoreMetadata(parsing: large) }
    }

    @Test("No cut and no flipped byte of a file makes the reader trap")
    func mutations() {
        let bytes = Array((Self.head + "Requires-Dist: a[b] (>=1.0); extra == 'c'\nKeywords: a\n  b\n\nbody\r\n").utf8)
        var random = SeededGenerator(seed: 3)
        for count in bytes.indices { _ = try? CoreMetadata(parsing: Array(bytes[..<count])) }
        for _ in 0..<3_000 {
            var mutated = bytes
            mutated[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            _ = try? CoreMetadata(parsing: mutated)
        }
    }

    @Test("An excerpt for a message is one short line")
    func excerpt() {
        #expect(Problem.excerpt("a\r\nb\u{7}c") == "a b c")
        #expect(Problem.excerpt(String(repeating: "x", count: 500)).count == 121)
    }
}
