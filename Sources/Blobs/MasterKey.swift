import Crypto
import Foundation
import Glibc
package import RegistryModel

/// Why a master key or something sealed with it could not be used.
package enum SealFault: Error, Hashable, Sendable {
    /// The file exists but does not hold 32 bytes.
    case malformedKeyFile(String)
    /// Other users may read the file.
    case exposedKeyFile(String)
    /// The bytes were sealed with another key or for another place, or have been changed.
    case notAuthentic
}

/// The key that seals secrets at rest (AES-256-GCM), so that a copy of the database alone gives none of them away.
package struct MasterKey: SecretBox {
    private let key: SymmetricKey

    /// Wraps 32 bytes.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        key = SymmetricKey(data: bytes)
    }

    /// Reads the key from a file that only its owner may read, or makes the file with a new key.
    ///
    /// Two processes that start at once agree: the file appears under its name complete, and the first one stays.
    package static func load(path: String, random: any RandomSource) throws -> MasterKey {
        if let key = try read(path) { return key }
        let temporary = "\(path).\(Hex.encode(random.bytes(8)))"
        let file = try FileDescriptor(opening: temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        defer { unlink(temporary) }
        try random.bytes(32).withUnsafeBytes { try file.write($0) }
        try file.synchronize()
        guard link(temporary, path) == 0 || errno == EEXIST else { throw DiskFault("link") }
        try FileDescriptor.synchronizeDirectory((path as NSString).deletingLastPathComponent)
        guard let key = try read(path) else { throw SealFault.malformedKeyFile(path) }
        return key
    }

    private static func read(_ path: String) throws -> MasterKey? {
        let file: FileDescriptor
        do {
            file = try FileDescriptor(opening: path, O_RDONLY)
        } catch  where error.code == ENOENT {
            return nil
        }
        guard try file.permissions() & 0o077 == 0 else { throw SealFault.exposedKeyFile(path) }
        let bytes = try OpenFile(file, length: file.size()).read(at: 0, count: 64)
        guard let key = MasterKey(bytes) else { throw SealFault.malformedKeyFile(path) }
        return key
    }

    /// Encrypts and authenticates; `place` (a row's id, a setting's name) is bound to the result, so that it cannot be
    /// moved to another row.
    package func seal(_ secret: [UInt8], for place: String) throws -> [UInt8] {
        let box = try AES.GCM.seal(secret, using: key, authenticating: Array(place.utf8))
        guard let combined = box.combined else { throw SealFault.notAuthentic }
        return Array(combined)
    }

    /// Opens what ``seal(_:for:)`` made for the same place.
    package func open(_ sealed: [UInt8], for place: String) throws -> [UInt8] {
        do {
            let box = try AES.GCM.SealedBox(combined: sealed)
            return Array(try AES.GCM.open(box, using: key, authenticating: Array(place.utf8)))
        } catch {
            throw SealFault.notAuthentic
        }
    }
}
