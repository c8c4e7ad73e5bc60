import Crypto
import Foundation
import RegistryModel

/// The SHA-256 of the running binary, found out once, when somebody first asks.
actor BinaryDigest {
    private let pool: any WorkPool
    private var known: Task<String, any Error>?

    /// Reads on that pool's threads.
    init(pool: any WorkPool) {
        self.pool = pool
    }

    /// The digest in hexadecimal.
    ///
    /// The system's name for the running file stays right where another binary was put in its place.
    func hex() async throws -> String {
        if let known { return try await known.value }
        let task = Task { [pool] in
            try await pool.run { try Self.digest(ofFile: "/proc/self/exe") }
        }
        known = task
        do {
            return try await task.value
        } catch {
            known = nil
            throw error
        }
    }

    /// The SHA-256 of a file in hexadecimal, read piece by piece.
    static func digest(ofFile path: String) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        var hash = SHA256()
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
        return Hex.encode(hash.finalize())
    }
}

/// The file that this process runs.
package enum RunningBinary {
    /// Its path, which stays right while the process runs.
    package static let path = "/proc/self/exe"

    /// Its SHA-256 in hexadecimal.
    package static func digest() throws -> String { try BinaryDigest.digest(ofFile: path) }
}
