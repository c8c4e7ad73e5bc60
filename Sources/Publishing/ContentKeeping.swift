import Blobs
import RegistryModel

/// Brings the bytes of publishes into the store, and makes sure that they are still there once their rows are.
///
/// What is stored already has rows of its own that keep the collector away. Both run several files at a time, since each of
/// them waits for the disk, and the disk makes many durable in the time of one.
struct ContentKeeping: Sendable {
    let core: RegistryCore

    /// How many files of one publish are on their way to the disk at once: few enough that a bundle of hundreds leaves
    /// threads to the publishes of others.
    private static let width = 4

    /// Stores uploads and makes them young, so that a collector leaves them alone until their rows are there.
    ///
    /// What a deployment kept is made young alone. Throws `Problem`.
    func store(_ contents: [any ByteSource]) async throws {
        try await forEach(contents) { try await store($0) }
    }

    /// Puts uploads back that a collector took before their rows were there; nobody may be told before.
    ///
    /// Throws `Problem`.
    func confirm(_ contents: [any ByteSource]) async throws {
        try await forEach(contents.compactMap { $0 as? SpooledContent }) { content in
            try await explained { try await core.keeper.confirm(content) }
        }
    }

    private func store(_ content: any ByteSource) async throws {
        if let kept = content as? KeptContent {
            guard try await core.keeper.touch(kept.digest, at: core.clock.now()) else {
                throw Problem(
                    .internalError, "The upload was lost; send it again.", diagnostic: "no blob \(kept.digest)")
            }
            return
        }
        guard let content = content as? SpooledContent else {
            throw Problem(.internalError, "The upload could not be stored.", diagnostic: "content is not spooled")
        }
        try await explained {
            try await core.blobs.store(content)
            if try await core.keeper.touch(content.digests.sha256, at: core.clock.now()) { return }
            try await core.keeper.confirm(content)
        }
    }

    /// A single file is what most publishes have, and costs no task.
    private func forEach<Content: Sendable>(
        _ contents: [Content], _ work: @escaping @Sendable (Content) async throws -> Void
    ) async throws {
        guard contents.count > 1 else {
            for content in contents { try await work(content) }
            return
        }
        try await withThrowingTaskGroup { group in
            var waiting = contents.makeIterator()
            for content in (0..<Self.width).compactMap({ _ in waiting.next() }) {
                group.addTask { try await work(content) }
            }
            while try await group.next() != nil {
                if let content = waiting.next() { group.addTask { try await work(content) } }
            }
        }
    }

    private func explained(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let fault as DiskFault {
            throw Problem(fault)
        }
    }
}
