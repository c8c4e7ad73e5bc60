import CBlake2
import Crypto
import Foundation
package import RegistryModel

/// Computes every digest of ``RegistryModel/FileDigests`` in one pass over a file that arrives in pieces.
///
/// A value: a copy goes on from where the original stood. SHA-256 is the identity of the content; MD5 and SHA-1 are what
/// some client protocols ask for and are never trusted.
package struct FileHasher: Sendable {
    private var sha256 = SHA256()
    private var sha512 = SHA512()
    private var sha1 = Insecure.SHA1()
    private var md5 = Insecure.MD5()
    private var blake2b = Blake2b256()

    /// Starts with no bytes.
    package init() {}

    /// Takes in the next bytes of the file.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        sha256.update(bufferPointer: bytes)
        sha512.update(bufferPointer: bytes)
        sha1.update(bufferPointer: bytes)
        md5.update(bufferPointer: bytes)
        blake2b.update(bytes)
    }

    /// Takes in the next bytes of the file; without a copy where the collection is contiguous.
    package mutating func update(_ bytes: some Collection<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
        if done == nil { Array(bytes).withUnsafeBytes { update($0) } }
    }

    /// The digests of everything taken in.
    ///
    /// The hasher itself can go on.
    package func finalize() -> FileDigests {
        var sha256Bytes: [UInt8] = []
        sha256.finalize().withUnsafeBytes { sha256Bytes.append(contentsOf: $0) }
        guard let identity = RegistryModel.SHA256Digest(sha256Bytes) else {
            preconditionFailure("SHA-256 gives 32 bytes")
        }
        return FileDigests(
            sha256: identity, md5: Array(md5.finalize()), sha1: Array(sha1.finalize()),
            sha512: Array(sha512.finalize()), blake2b256: blake2b.finalize())
    }

    /// The digests of bytes that are all there.
    package static func digests(of bytes: some Collection<UInt8>) -> FileDigests {
        var hasher = FileHasher()
        hasher.update(bytes)
        return hasher.finalize()
    }
}

extension RegistryModel.SHA256Digest {
    /// The SHA-256 digest of bytes that are all there.
    package init(hashing bytes: [UInt8]) {
        let computed = Array(SHA256.hash(data: bytes))
        guard let digest = RegistryModel.SHA256Digest(computed) else { preconditionFailure("SHA-256 gives 32 bytes") }
        self = digest
    }
}

/// BLAKE2b with a 256-bit output ([RFC 7693](https://www.rfc-editor.org/rfc/rfc7693)), by libb2.
///
/// swift-crypto has no BLAKE2. The state holds no pointers, so that copying the value copies the computation.
private struct Blake2b256: Sendable {
    private static let length = 32
    private var state = blake2b_state()

    init() {
        // Fails only for an output length of 0 or more than 64.
        let outcome = blake2b_init(&state, Self.length)
        precondition(outcome == 0, "libb2 refused a 32-byte output")
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
        blake2b_update(&state, start, bytes.count)
    }

    func finalize() -> [UInt8] {
        var copy = state
        var out = [UInt8](repeating: 0, count: Self.length)
        blake2b_final(&copy, &out, Self.length)
        return out
    }
}
