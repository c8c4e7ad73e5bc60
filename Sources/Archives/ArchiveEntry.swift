/// One entry of an archive, after its path has passed every rule.
package struct ArchiveEntry: Hashable, Sendable {
    /// What an entry is.
    package enum Kind: Hashable, Sendable {
        case file
        case directory
        /// A symbolic link; the target is as stored and leads nowhere outside the archive.
        case symbolicLink(target: String)
        /// Another name of an earlier file of the archive.
        case hardLink(target: String)
    }

    /// Components joined by `/`, without a leading `./` and without a directory's trailing slash.
    package let path: String
    package let kind: Kind
    /// The unpacked size in bytes; 0 for everything but files.
    package let size: Int
    /// Permission bits; 0 where the archive has none.
    package let mode: UInt32

    /// Collects an entry.
    package init(path: String, kind: Kind, size: Int, mode: UInt32) {
        self.path = path
        self.kind = kind
        self.size = size
        self.mode = mode
    }
}
