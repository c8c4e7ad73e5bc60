import Foundation
import Glibc
package import RegistryModel

/// A backup as a folder.
package struct FolderTarget: BackupTarget {
    private let root: String

    /// Makes the folder unless it is there.
    package init(_ root: String) throws {
        self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
        try DataDirectory.createFolder(self.root)
    }

    package var isRewritable: Bool { true }

    /// Whether nothing is in it.
    package var isEmpty: Bool {
        get throws { try FolderListing.names(root).isEmpty }
    }

    package func holds(_ path: String, length: Int64) throws -> Bool {
        var information = stat()
        guard lstat("\(root)/\(path)", &information) == 0 else { return false }
        return information.st_mode & S_IFMT == S_IFREG && Int64(information.st_size) == length
    }

    package func existing(_ path: String) throws -> [UInt8]? {
        do {
            let file = try DiskFile("\(root)/\(path)")
            return try file.read(at: 0, count: min(file.length, 16 << 20))
        } catch let fault as DiskFault where fault.code == ENOENT {
            return nil
        }
    }

    package func write(_ path: String, _ content: any ByteSource) throws {
        try makeFolders(for: path)
        let full = "\(root)/\(path)"
        let temporary = "\(full).incomplete"
        do {
            let file = try FileDescriptor(opening: temporary, O_WRONLY | O_CREAT | O_TRUNC)
            try SourceStream(content).forEachPiece { try file.write($0) }
            try file.synchronize()
            guard rename(temporary, full) == 0 else { throw DiskFault("rename") }
        } catch {
            unlink(temporary)
            throw error
        }
        try FileDescriptor.synchronizeDirectory((full as NSString).deletingLastPathComponent)
    }

    package func keepOnly(_ names: Set<String>, in path: String) throws {
        for name in try FolderListing.names("\(root)/\(path)") where !names.contains(name) {
            try FileManager.default.removeItem(atPath: "\(root)/\(path)/\(name)")
        }
    }

    package func finish() throws {
        try FileDescriptor.synchronizeDirectory(root)
    }

    private func makeFolders(for path: String) throws {
        var folder = root
        for segment in path.split(separator: "/").dropLast() {
            let parent = folder
            folder += "/" + segment
            guard mkdir(folder, 0o700) == 0 else {
                guard errno == EEXIST else { throw DiskFault("mkdir \(folder)") }
                continue
            }
            try FileDescriptor.synchronizeDirectory(parent)
        }
    }
}
