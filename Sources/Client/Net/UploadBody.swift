import Foundation
import RegistryModel

/// The body of a request, put together from bytes and files without holding the files in memory.
package struct UploadBody: Sendable {
    /// One piece of it.
    package enum Part: Sendable {
        case bytes([UInt8])
        /// A file as it is.
        case file(LocalFile)
        /// A file in Base64, as it stands inside a JSON string.
        case base64(LocalFile)
    }

    /// The pieces in their order.
    package let parts: [Part]

    /// Collects the pieces.
    package init(_ parts: [Part] = []) {
        self.parts = parts
    }

    /// How many bytes it has; known before anything is sent.
    package var length: Int {
        parts.reduce(0) { sum, part in
            switch part {
            case .bytes(let bytes): sum + bytes.count
            case .file(let file): sum + file.length
            case .base64(let file): sum + (file.length + 2) / 3 * 4
            }
        }
    }

    /// Bytes of a file that are read at once: a multiple of three, so that Base64 has no padding inside.
    private static let chunk = 3 << 16

    /// Hands out the body piece by piece until it ends or `take` says no.
    /// - Returns: Whether it came to its end.
    func forEachChunk(_ take: ([UInt8]) async throws -> Bool) async throws -> Bool {
        for part in parts {
            switch part {
            case .bytes(let bytes):
                if !bytes.isEmpty, try await !take(bytes) { return false }
            case .file(let file), .base64(let file):
                var offset = 0
                while offset < file.length {
                    let bytes = try file.read(at: offset, count: Self.chunk)
                    guard bytes.count == min(Self.chunk, file.length - offset) else {
                        throw ClientFault("'\(file.path)' changed while it was sent; try again.")
                    }
                    offset += bytes.count
                    if case .base64 = part {
                        if try await !take(Array(Data(bytes).base64EncodedData())) { return false }
                    } else if try await !take(bytes) {
                        return false
                    }
                }
            }
        }
        return true
    }
}
