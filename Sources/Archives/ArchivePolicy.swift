/// Which kinds of entries an archive may have.
///
/// Devices, pipes and sockets are never among them.
package enum ArchivePolicy: Sendable {
    /// Files, directories, symbolic links that stay inside the archive, and hard links to earlier files.
    case linksInside
    /// Regular files and directories, as crates and npm tarballs.
    case filesAndDirectories
    /// The same, and names may differ in case alone: for archives that are read where they are, as jars.
    case neverUnpacked
}
