import Dispatch
import Foundation
import Glibc
import RegistryModel

/// A folder of this machine.
struct Folder: Sendable {
    let path: String

    init(_ path: String) {
        self.path = path
    }

    /// Whether something of that kind is at a path: a folder, a file, or nothing.
    static func kind(of path: String) -> mode_t? {
        var state = stat()
        return stat(path, &state) == 0 ? state.st_mode & S_IFMT : nil
    }

    static func isFolder(_ path: String) -> Bool { kind(of: path) == S_IFDIR }

    /// The names in it, in order; none where it cannot be read.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    func holds(_ name: String) -> Bool { Self.kind(of: "\(path)/\(name)") == S_IFREG }

    func file(_ name: String) throws(ClientFault) -> LocalFile { try LocalFile("\(path)/\(name)") }

    /// The text of a small file.
    func bytes(_ name: String, limit: Int = 4 << 20) throws -> [UInt8] {
        let file = try file(name)
        guard file.length <= limit else { throw ClientFault("'\(file.path)' is larger than \(limit >> 20) MiB.") }
        return try file.read(at: 0, count: file.length)
    }

    /// Every regular file below it except what `skips` names, by path relative to it, in order.
    ///
    /// Symbolic links are not followed and not listed.
    func files(skipping skips: (String) -> Bool) -> [String] {
        var found: [String] = []
        var open = [""]
        while let folder = open.popLast() {
            for name in Folder("\(path)/\(folder)").names where !skips(name) {
                let relative = folder.isEmpty ? name : "\(folder)/\(name)"
                var state = stat()
                guard lstat("\(path)/\(relative)", &state) == 0 else { continue }
                switch state.st_mode & S_IFMT {
                case S_IFDIR: open.append(relative)
                case S_IFREG: found.append(relative)
                default: break
                }
            }
        }
        return found.sorted()
    }
}
