import Blobs
import Persistence
import RegistryModel

/// Lets two sides take their steps in a given order, one at a time.
actor Turnstile {
    /// Whose step it is.
    enum Side: Sendable {
        case publish, collect
    }

    private var order: [Side]
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ order: [Side]) {
        self.order = order
    }

    /// Runs a step when it is that side's turn; a side without turns left runs freely.
    func step<T: Sendable>(_ side: Side, _ work: @Sendable () async throws -> T) async throws -> T {
        while order.contains(side), isBusy || order.first != side {
            await withCheckedContinuation { waiting.append($0) }
        }
        let isTurn = order.first == side
        if isTurn {
            order.removeFirst()
            isBusy = true
        }
        defer {
            if isTurn { isBusy = false }
            wake()
        }
        return try await work()
    }

    /// Gives up the turns that a side has not used.
    func finish(_ side: Side) {
        order.removeAll { $0 == side }
        wake()
    }

    private func wake() {
        let all = waiting
        waiting = []
        for continuation in all { continuation.resume() }
    }
}

/// A driver whose writes, and reads where asked for, are steps.
struct SteppedDriver: SQLDriver {
    let base: any SQLDriver
    let turnstile: Turnstile
    let side: Turnstile.Side

    var dialect: SQLDialect { base.dialect }

    func read<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        guard side == .collect else { return try await base.read(body) }
        return try await turnstile.step(side) { try await base.read(body) }
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        try await turnstile.step(side) { try await base.write(body) }
    }

    func shutdown() async {}
}

/// A store whose every use is a step.
struct SteppedBlobs: BlobStore {
    let base: any BlobStore
    let turnstile: Turnstile

    func store(_ content: SpooledContent) async throws {
        try await turnstile.step(.publish) { try await base.store(content) }
    }

    func open(_ digest: SHA256Digest, size: Int64) async throws -> any ByteSource {
        try await base.open(digest, size: size)
    }
}

/// A keeper whose every use is a step; one that does not confirm shows what confirming is for.
struct SteppedKeeper: BlobKeeper {
    let base: any BlobKeeper
    let turnstile: Turnstile
    let side: Turnstile.Side
    var confirms = true

    private func step<T: Sendable>(_ work: @Sendable () async throws -> T) async throws -> T {
        try await turnstile.step(side, work)
    }

    func touch(_ digest: SHA256Digest, at time: Timestamp) async throws -> Bool {
        try await step { try await base.touch(digest, at: time) }
    }

    func confirm(_ content: SpooledContent) async throws {
        try await step { if confirms { try await base.confirm(content) } }
    }

    func list(after digest: SHA256Digest?, limit: Int) async throws -> [StoredBlob] {
        try await step { try await base.list(after: digest, limit: limit) }
    }

    func discard(_ blobs: [StoredBlob], at time: Timestamp) async throws -> [SHA256Digest] {
        try await step { try await base.discard(blobs, at: time) }
    }

    func discarded() async throws -> [StoredBlob] { try await step { try await base.discarded() } }

    func putBack(_ digests: [SHA256Digest]) async throws { try await step { try await base.putBack(digests) } }

    func erase(_ digests: [SHA256Digest]) async throws { try await step { try await base.erase(digests) } }

    func sweep(before time: Timestamp) async throws -> Int { try await base.sweep(before: time) }

    func source(_ digest: SHA256Digest) async throws -> (any ByteSource)? { try await base.source(digest) }

    func add(_ digest: SHA256Digest, from stream: any ByteStream) async throws {
        try await base.add(digest, from: stream)
    }
}
