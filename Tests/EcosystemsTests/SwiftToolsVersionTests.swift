import Foundation
import HallmarkTesting
import Testing

@testable import Ecosystems

@Suite("Swift tools versions")
struct SwiftToolsVersionTests {
    private func read(_ text: String) -> String? {
        (try? SwiftToolsVersion(manifest: Array(text.utf8)))?.description
    }

    @Test(
        "Lines that state one",
        arguments: [
            ("// swift-tools-version:5.3\n", "5.3.0"), ("// swift-tools-version: 5.9\nimport", "5.9.0"),
            ("//swift-tools-version:\t6.0.1;x", "6.0.1"), ("\n \t// SWIFT-Tools-Version:5.4\r\n", "5.4.0"),
            ("// swift-tools-version:5.9-dev.1+abc", "5.9.0"), ("// swift-tools-version:05.010", "5.10.0"),
            ("\n\n// swift-tools-version:4.2\n", "4.2.0"),
        ])
    func stated(text: String, version: String) {
        #expect(read(text) == version)
    }

    @Test(
        "Lines that state none",
        arguments: [
            "", " ", "import PackageDescription", "// swift-tools-version:", "// swift-tools-version:5",
            "/// swift-tools-version:5.9",
            "// swift-tools-version: 5.9 ", "// swift-tools-version 5.9", "/* swift-tools-version:5.9 */",
            "// swift-tools-version:5.9.1.2",
            "// swift-tools-version: 5.0\n", " // swift-tools-version:5.0\n", "//swift-tools-version:5.0",
            "// swift-tools-version:3.1",
            "// swift-tools-version:5.9-", "// swift-tools-version:5.9-é",
            "// swift-tools-version:99999999999999999999.0", "\u{FEFF}// swift-tools-version:5.9",
            "// comment\n// swift-tools-version:5.9",
        ])
    func none(text: String) {
        #expect(read(text) == nil)
    }

    @Test("Bytes that are not UTF-8")
    func encoding() {
        #expect(throws: SwiftToolsVersion.Fault.notUTF8) {
            try SwiftToolsVersion(manifest: Array("// swift-tools-version:5.9\n".utf8) + [0xFF])
        }
    }

    private static let hasSwift = ["6.1", "6.2", "6.3", "6.4"].contains { version in
        (try? OracleProgram.run(["swift", "package", "--version"]))?.output.contains(version) == true
    }

    @Test("SwiftPM reads the same", .enabled(if: hasSwift))
    func oracle() throws {
        var random = SeededGenerator(seed: 97)
        // Mostly the first choice, which is a good one, so that about half of the lines are right.
        func pick(_ choices: [String]) -> String {
            let isChanged = Int.random(in: 0..<5, using: &random) == 0
            return (isChanged ? choices.randomElement(using: &random) : choices.first) ?? ""
        }
        var counts: [Bool: Int] = [:]
        try OracleProgram.withFolder { folder in
            for _ in 0..<60 {
                let text =
                    pick(["", "", "\n", "\n\n", " ", "\r\n", "\t"]) + pick(["//", "//", "//", "/*", "///"])
                    + pick([" ", "", "  ", "\t"])
                    + pick(["swift-tools-version", "swift-tools-version", "Swift-Tools-Version", "swift-tool-version"])
                    + pick([":", ":", ":", ": ", ":\t", "", "::"])
                    + pick([
                        "5.9", "5.4", "5.3", "5.0", "6.0.1", "6", "4.2", "5.9.x", "05.9", "5.9-beta", "5.9+x", "5.9-",
                    ])
                    + pick(["", "", "", ";", "; x", " ", "\n", "\r\n"])
                    + pick(["", "\n", "\nimport PackageDescription\n"])
                try Data(text.utf8).write(to: folder.appendingPathComponent("Package.swift"))
                let arguments = ["swift", "package", "--package-path", folder.path, "tools-version"]
                let result = try OracleProgram.run(arguments)
                let expected =
                    result.status == 0 ? result.output.trimmingCharacters(in: .whitespacesAndNewlines) : nil
                #expect(read(text) == expected, "\(text.debugDescription)")
                counts[expected == nil, default: 0] += 1
            }
        }
        #expect(counts[true, default: 0] > 10 && counts[false, default: 0] > 10)
    }
}
