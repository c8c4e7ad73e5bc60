import Accounts
import Blobs
import Formats
import Foundation
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel

extension RegistryCore {
    /// The same registry through other hands.
    func replacing(
        driver: (any SQLDriver)? = nil, blobs: (any BlobStore)? = nil, keeper: (any BlobKeeper)? = nil
    ) -> RegistryCore {
        RegistryCore(
            driver: driver ?? self.driver, blobs: blobs ?? self.blobs, keeper: keeper ?? self.keeper, spool: spool,
            publishingPool: publishingPool, inspectionPool: inspectionPool, readingPool: readingPool,
            renderingPool: renderingPool, clock: clock,
            ids: ids, formats: Array(formats.values), limits: limits, policy: policy, notices: notices,
            changed: { _ in })
    }

    /// Publishes a package of `PlainFormat` by way of this core.
    func publish(_ name: String, _ version: String, by principal: Principal) async throws -> Receipt {
        let pipeline = PublishingPipeline(core: self)
        let id = EcosystemID(rawValue: "plain")
        let grant = try await pipeline.open(UploadHead(ecosystem: id), by: principal)
        let upload = pipeline.spool(for: grant)
        try await upload.write(PlainPackage.bytes(name, version))
        let file = try await upload.finish(name: "\(name)-\(version).txt")
        return try await pipeline.publish(
            Submission(
                ecosystem: id, name: name, version: version, files: [file], claim: .object([]), tags: []), with: grant)
    }

    /// Stores bytes that no row refers to, as a publish does that never comes to its transaction.
    func storeOrphan(_ bytes: [UInt8]) async throws -> SHA256Digest {
        let writer = spool.begin(limit: bytes.count)
        try await writer.write(bytes)
        let content = try await writer.finish()
        try await blobs.store(content)
        _ = try await keeper.touch(content.digests.sha256, at: clock.now())
        return content.digests.sha256
    }

    /// Whether readers get exactly these bytes.
    func serves(_ bytes: [UInt8]) async -> Bool {
        let source = try? await blobs.open(SHA256Digest(hashing: bytes), size: Int64(bytes.count))
        return (try? source?.read(at: 0, count: bytes.count)) == bytes
    }
}

extension TestRegistry {
    /// The directory of its blobs.
    var blobsPath: String { directory.appending(path: "blobs").path(percentEncoded: false) }
}

/// The content of a package of `PlainFormat`.
enum PlainPackage {
    static func bytes(_ name: String, _ version: String) -> [UInt8] { Array("\(name)\n\(version)".utf8) }
}

/// A folder that goes with the test.
func withFolder<T>(_ body: (String) async throws -> T) async throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-upkeep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path(percentEncoded: false))
}
