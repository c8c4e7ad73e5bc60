import Glibc

/// The names in a folder.
enum FolderListing {
    /// All names but `.` and `..`, sorted; none where there is no such folder.
    static func names(_ folder: String) throws(DiskFault) -> [String] {
        guard let handle = opendir(folder) else {
            guard errno == ENOENT else { throw DiskFault("opendir") }
            return []
        }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
