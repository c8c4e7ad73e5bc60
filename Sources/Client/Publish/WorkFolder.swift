import Foundation

/// A private folder for what is made on the way; it goes when nobody needs it any more.
final class WorkFolder: Sendable {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-publish-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        path = folder.path(percentEncoded: false)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The only file in it whose name ends so.
    func only(_ ending: String) throws(ClientFault) -> LocalFile {
        let names = Folder(path).names.filter { $0.hasSuffix(ending) }
        guard names.count == 1, let name = names.first else {
            throw ClientFault("The tool was to make one file *\(ending), but made \(names.count).")
        }
        return try LocalFile("\(path)/\(name)")
    }
}
