import Blobs
import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Leaked passwords on disk", .timeLimit(.minutes(5)))
struct LeakedPasswordFileTests {
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-leaks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    @Test("AUTHN-2.4 A directory of ranges")
    func directory() async throws {
        try await withFolder { folder in
            let text = "1E4C9B93F3F0682250B6CF8331B7EE68FD8:3730471\r\n1E4CA:0\r\n"
            try Data(text.utf8).write(to: folder.appending(path: "5BAA6.txt"))
            let list = LeakedPasswordFile(path: folder.path, pool: TestWorkPool())
            #expect(try await list.range("5BAA6") == text)
            await #expect(throws: DiskFault.self, "a range that is missing is a fault, not an answer") {
                try await list.range("00000")
            }
            #expect(try await list.range("../..").isEmpty)
        }
    }

    @Test("AUTHN-2.4 One sorted file, searched by halves", arguments: [false, true])
    func sortedFile(hasCounts: Bool) async throws {
        try await withFolder { folder in
            var generator = SeededGenerator(seed: 7)
            var hashes: Set<String> = []
            while hashes.count < 3000 {
                // Few first digits, so that ranges have several lines.
                let head = UInt8.random(in: 0...9, using: &generator)
                let rest = (0..<18).map { _ in UInt8.random(in: 0...255, using: &generator) }
                hashes.insert(Hex.encode([head, head &* 7] + rest).uppercased())
            }
            let sorted = hashes.sorted()
            let lines = sorted.enumerated().map { hasCounts ? "\($0.element):\($0.offset * 37 + 1)" : $0.element }
            let file = folder.appending(path: "hashes.txt")
            try Data((lines.joined(separator: hasCounts ? "\r\n" : "\n") + "\n").utf8).write(to: file)
            let list = LeakedPasswordFile(path: file.path, pool: TestWorkPool())
            let prefixes = Set(sorted.map { String($0.prefix(5)) }).union(["00000", "FFFFF", "0A460", "05230"])
            for prefix in prefixes {
                let expected = lines.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(5)) }
                #expect(try await list.range(prefix).split(separator: "\n").map(String.init) == expected, "\(prefix)")
            }
        }
    }
}
