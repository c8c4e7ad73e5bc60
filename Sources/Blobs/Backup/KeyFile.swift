import Foundation
import Glibc
import RegistryModel

/// A master key's file as bytes, for backups that are asked to carry it.
package enum KeyFile {
    /// Reads the file.
    package static func read(_ path: String) throws -> [UInt8] {
        let file = try DiskFile(path)
        return try file.read(at: 0, count: min(file.length, 4096))
    }

    /// Makes the file, readable by its owner only; one that is there already is not replaced.
    package static func install(_ bytes: [UInt8], _ path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        try DataDirectory.createFolder(folder)
        let file = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        try bytes.withUnsafeBytes { try file.write($0) }
        try file.synchronize()
        try FileDescriptor.synchronizeDirectory(folder)
    }
}
