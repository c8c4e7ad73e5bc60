/// The file type bits of a POSIX mode, as archives store them.
enum FileType {
    static let mask: UInt32 = 0o170000
    static let regular: UInt32 = 0o100000
    static let directory: UInt32 = 0o040000
    static let symbolicLink: UInt32 = 0o120000

    /// What a type that is none of the three is called.
    static func refused(_ type: UInt32) -> ArchiveFault.EntryKind {
        switch type & mask {
        case 0o010000: .pipe
        case 0o140000: .socket
        case 0o020000, 0o060000: .device
        default: .unknown
        }
    }
}
