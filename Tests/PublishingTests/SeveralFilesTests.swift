import Foundation
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("A publish of several files", .timeLimit(.minutes(10)))
struct SeveralFilesTests {
    private static let plain = EcosystemID(rawValue: "plain")

    @Test("Files with the same content are one blob, stored at the same time", arguments: TestBackend.allCases)
    func same(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            for number in 0..<20 {
                let name = "lamp-" + String(repeating: "x", count: number + 1)
                let (first, grant) = try await registry.submission(name, "1.0.0", by: alice)
                var files = first.files
                let bytes = Array("the same in both \(number)".utf8)
                for extra in ["\(name).sig", "\(name).doc"] {
                    let spool = registry.publishing.spool(for: grant)
                    try await spool.write(bytes)
                    files.append(try await spool.finish(name: extra))
                }
                let submission = Submission(
                    ecosystem: Self.plain, name: name, version: "1.0.0", files: files, claim: .object([]))
                _ = try await registry.publishing.publish(submission, with: grant)
                #expect(await registry.core.serves(bytes))
                #expect(try await registry.history(name).releases.first?.files.count == 3)
            }
            #expect(registry.storedFiles().filter { !$0.hasPrefix("hallmark.") }.count == 40)
        }
    }

    @Test("Where one cannot be stored nothing is published, and all of it later", arguments: TestBackend.allCases)
    func fault(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let extras = ["lamp.sig", "lamp.doc"]
            let (submission, grant) = try await registry.submission("lamp", "1.0.0", by: alice, extras: extras)
            for (index, file) in submission.files.enumerated() {
                let folder = registry.directory.appending(path: "blobs/\(file.digests.sha256.hex.prefix(2))")
                try? FileManager.default.removeItem(at: folder)
                try Data().write(to: folder)
                await expectRefusal(.internalError) {
                    _ = try await registry.publishing.publish(submission, with: grant)
                }
                await expectRefusal(.notFound) { _ = try await registry.history("lamp") }
                try FileManager.default.removeItem(at: folder)
                if index < 2 { continue }
                let (again, grant) = try await registry.submission("lamp", "1.0.0", by: alice, extras: extras)
                _ = try await registry.publishing.publish(again, with: grant)
                for file in again.files {
                    let bytes = try file.content.read(at: 0, count: .max)
                    #expect(await registry.core.serves(bytes))
                }
            }
        }
    }
}
