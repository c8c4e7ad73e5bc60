import Ecosystems
import Foundation
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("The list of all Python projects")
struct PyPIListTests {
    private static let json = "Accept: application/vnd.pypi.simple.v1+json"

    @Test(
        "A list longer than a page comes in pieces and is the same document",
        arguments: [1999, 2000, 2001, 4000, 4500])
    func pieces(count: Int) async throws {
        try await withPyPI { server in
            let owner = try await server.registry.person("ann")
            let names = try (0..<count).map { try PyPIFormat().projectName("package-\(100_000 + $0)") }
            try await server.registry.list(names, in: PyPI.ecosystem, ownedBy: owner)
            let index = PyPIIndex(base: "http://registry.example/pypi", pages: "http://registry.example/p/pypi")
            for (isJSON, accept) in [(true, Self.json), (false, "Accept: text/html")] {
                let response = try await server.get("/pypi/simple/", [accept])
                #expect(response.status == 200)
                #expect(response.body == PyPIList(index, isJSON: isJSON).whole(names))
                // What is streamed has no length; what is made at once has one.
                #expect((response["content-length"] == nil) == (count >= 2000))
                let packed = try await server.get("/pypi/simple/", [accept, "Accept-Encoding: gzip"])
                #expect(packed["content-encoding"] == "gzip")
                #expect(try Self.unpacked(packed.body) == response.body)
            }
            let head = try await server.exchange("HEAD /pypi/simple/", [Self.json])
            #expect(head.status == 200 && head.body.isEmpty)
        }
    }

    /// What gzip says the bytes are.
    private static func unpacked(_ bytes: [UInt8]) throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory.appending(path: "hallmark-list-\(UUID().uuidString).gz")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(bytes).write(to: file)
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", file.path]
        process.standardOutput = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return Array(text)
    }
}
