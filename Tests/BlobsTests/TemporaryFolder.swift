import Foundation
import Glibc

/// A folder that goes with this object.
final class TemporaryFolder: Sendable {
    /// Its path.
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("hallmark-blobs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The full path of something in it.
    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Makes a folder in it.
    func folder(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: self(name), withIntermediateDirectories: true)
        return self(name)
    }

    /// Writes a file in it.
    func write(_ bytes: [UInt8], to name: String, mode: Int = 0o600) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: self(name)))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: self(name))
    }

    /// The paths of all files below it, in order, folders left out.
    var files: [String] {
        let walker = FileManager.default.enumerator(atPath: path)
        let names = walker?.compactMap { $0 as? String } ?? []
        return names.filter { !Self.isFolder(self($0)) }.sorted()
    }

    /// The paths of all folders below it.
    var folders: [String] {
        let walker = FileManager.default.enumerator(atPath: path)
        return (walker?.compactMap { $0 as? String } ?? []).filter { Self.isFolder(self($0)) }.sorted()
    }

    /// The permission bits of something in it.
    func mode(_ name: String) throws -> mode_t {
        let attributes = try FileManager.default.attributesOfItem(atPath: self(name))
        guard let bits = attributes[.posixPermissions] as? NSNumber else { throw POSIXError(.ENOENT) }
        return mode_t(bits.uint16Value)
    }

    private static func isFolder(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType == .typeDirectory
    }
}
