import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@Suite(
    "Files that were damaged on disk", .enabled(if: SamplePackage.isAvailable, "needs Python"), .timeLimit(.minutes(10))
)
struct DamagedFileTests {
    /// What may happen to a file.
    enum Damage: String, CaseIterable, Sendable {
        case changed, truncated, longer, removed

        func happen(to file: URL) throws {
            var content = try Data(contentsOf: file)
            switch self {
            case .changed:
                // In its place, as a disk would do it: the file stays the same one.
                let handle = try FileHandle(forUpdating: file)
                try handle.seek(toOffset: UInt64(content.count / 2))
                try handle.write(contentsOf: [content[content.count / 2] ^ 1])
                try handle.close()
            case .truncated:
                content.removeLast()
                try content.write(to: file)
            case .longer:
                content.append(0)
                try content.write(to: file)
            case .removed: try FileManager.default.removeItem(at: file)
            }
        }
    }

    private static func blobs(_ server: LiveServer) -> [URL] {
        let folder = server.process.data.appending(path: "blobs")
        let walker = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey])
        return (walker?.compactMap { $0 as? URL } ?? []).filter { $0.lastPathComponent.count == 64 }
    }

    private static func damagedCount(_ server: LiveServer) async throws -> String? {
        try await server.call("GET", "/metrics").text.split(separator: "\n")
            .first { $0.hasPrefix("hallmark_blob_damaged_total ") }?.split(separator: " ").last.map(String.init)
    }

    @Test(
        "They are never served as good, others are, and publishing the bytes again heals them",
        arguments: Damage.allCases)
    func damaged(damage: Damage) async throws {
        try await withLiveServer { server in
            let token = try await server.person("alice")
            let package = try await SamplePackage.make("pypi", "cracked-lamp")
            try await server.publish(package, token: token)
            let file = try #require(Self.blobs(server).first)
            let good = try Data(contentsOf: file)
            let address = try await server.fileAddress("cracked-lamp")
            #expect(try await server.call("GET", address).body == [UInt8](good))
            #expect(try await Self.damagedCount(server) == "0")
            try await server.publish(try await SamplePackage.make("pypi", "whole-lamp"), token: token)

            try damage.happen(to: file)
            for _ in 0..<3 {
                let whole = try await server.call("GET", address)
                #expect(whole.status == 500)
                #expect(!whole.body.starts(with: good.prefix(100)))
                #expect(try await server.call("GET", address, headers: ["Range: bytes=0-9"]).status == 500)
            }
            #expect(try await server.call("HEAD", address).status == 500, "what is known or seen at once")
            #expect(try await Self.damagedCount(server) == "1")
            #expect(server.process.log.contains("A blob is damaged"))
            let other = try await server.fileAddress("whole-lamp")
            #expect(try await server.call("GET", other).status == 200)

            try await server.publish(package, token: token)
            #expect(try await server.call("GET", address).body == [UInt8](good))
            #expect(try await server.call("GET", address, headers: ["Range: bytes=3-9"]).body == [UInt8](good[3..<10]))
        }
    }

    @Test("A large file that is damaged breaks off before its end; a range of it is refused before it begins")
    func large() async throws {
        try await withLiveServer { server in
            let token = try await server.person("alice")
            let package = try await SamplePackage.make("pypi", "heavy-lamp", fill: 3_000_000)
            try await server.publish(package, token: token)
            let file = try #require(Self.blobs(server).first)
            let good = try Data(contentsOf: file)
            try #require(good.count > 2_000_000)
            let address = try await server.fileAddress("heavy-lamp")
            try Damage.changed.happen(to: file)
            #expect(try await server.call("HEAD", address).status == 200, "HEAD looks at the length only")
            let connection = try await RawConnection.connect(to: Int(server.process.port))
            try await connection.request("GET \(address)")
            let seen = try await connection.untilClosed()
            let head = try #require(seen.firstRange(of: Array("\r\n\r\n".utf8)))
            #expect(seen.count - head.upperBound < good.count, "the end was withheld")
            #expect(try await server.call("GET", address).status == 500, "from now on it is refused in words")

            try await server.publish(package, token: token)
            try Damage.changed.happen(to: file)
            #expect(try await server.call("GET", address, headers: ["Range: bytes=0-9"]).status == 500)
        }
    }
}
