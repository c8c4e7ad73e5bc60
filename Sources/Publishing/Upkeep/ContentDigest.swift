import RegistryModel

import struct Crypto.SHA256

/// The digest of content that may be large.
enum ContentDigest {
    /// Reads everything once, in pieces.
    static func of(_ source: any ByteSource) throws -> SHA256Digest? {
        var hasher = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var offset = 0
        while offset < source.length {
            let count = try source.read(at: offset, into: buffer)
            if count == 0 { break }
            hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += count
        }
        return SHA256Digest(Array(hasher.finalize()))
    }
}
