import Formats
import HallmarkTesting
import RegistryModel
import Testing

@Suite("What Gradle sends")
struct MavenGradleTests {
    @Test("Module metadata and four digests a file, in parallel and in any order")
    func gradle() async throws {
        try await EcosystemServer.withMaven { server in
            let token = try await server.token("bob")
            let sample = MavenSample(artifact: "lib")
            let module = Array("{\"formatVersion\":\"1.1\",\"component\":{\"module\":\"lib\"}}".utf8)
            let files = sample.files + [("lib-1.0.module", module)]
            var requests: [(path: String, bytes: [UInt8])] = []
            for (name, bytes) in files {
                let digests = FileHasher.digests(of: bytes)
                requests.append((name, bytes))
                for (kind, digest) in [
                    ("md5", digests.md5), ("sha1", digests.sha1), ("sha256", digests.sha256.bytes),
                    ("sha512", digests.sha512),
                ] {
                    requests.append(("\(name).\(kind)", Array(Hex.encode(digest).utf8)))
                }
            }
            // Digests may come before their files.
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for (name, bytes) in requests.reversed() {
                    group.addTask {
                        try await server.put("releases/\(sample.directory)/\(name)", bytes, token: token).status
                    }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(statuses == [201])
            #expect(try await server.complete(sample, token: token).status == 201)
            let read = try await server.read("releases/\(sample.directory)/lib-1.0.module")
            #expect(read.body == module && read["Content-Type"] == "application/json")
        }
    }
}
