import Archives
import Crypto
import Foundation

/// The digests of a wheel's files, computed while the archive is read.
///
/// Used by one thread, within one reading of one archive.
final class WheelDigests {
    /// A function whose digests RECORD may hold.
    enum Function: String, CaseIterable {
        case sha256, sha384, sha512

        /// How many bytes a digest has.
        var length: Int {
            switch self {
            case .sha256: 32
            case .sha384: 48
            case .sha512: 64
            }
        }

        fileprivate func start() -> any HashFunction {
            switch self {
            case .sha256: SHA256()
            case .sha384: SHA384()
            case .sha512: SHA512()
            }
        }
    }

    let function: Function
    private var finished: [String: [UInt8]] = [:]
    private var current: (path: String, hasher: any HashFunction)?

    init(_ function: Function) {
        self.function = function
    }

    /// Takes in the next bytes of a file; the bytes of one file come together.
    func take(_ entry: ArchiveEntry, _ bytes: UnsafeRawBufferPointer) {
        if current?.path != entry.path {
            finish()
            current = (entry.path, function.start())
        }
        current?.hasher.update(bufferPointer: bytes)
    }

    /// The digest of a file of the archive that has been read; a file without bytes was never taken in.
    func digest(of path: String) -> [UInt8] {
        finish()
        return finished[path] ?? Self.bytes(function.start())
    }

    private func finish() {
        guard let (path, hasher) = current else { return }
        finished[path] = Self.bytes(hasher)
        current = nil
    }

    private static func bytes(_ hasher: any HashFunction) -> [UInt8] {
        hasher.finalize().withUnsafeBytes { Array($0) }
    }
}
