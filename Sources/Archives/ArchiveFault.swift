/// Why an archive is refused.
package enum ArchiveFault: Error, Hashable, Sendable {
    /// The bytes could not be read from where they are kept; no fault of the archive.
    case unreadable
    /// No entries at all.
    case empty
    /// Not a readable archive of that kind; the text is libarchive's or zlib's, for the log.
    case invalid(reason: String)
    /// It ends before its own end.
    case truncated
    /// Bytes after its end.
    case trailingData
    /// More than one compressed stream behind another; readers differ on whether they go on after the first.
    case multipleStreams
    case tooManyEntries(limit: Int)
    /// More unpacked bytes than allowed.
    case tooLarge(limit: Int)
    /// Unpacks to more than that many times its own size.
    case ratio(limit: Int)
    /// More bytes in one entry, or in all that must be read into memory, than allowed there.
    case entryTooLarge(path: String, limit: Int)
    case unsafePath(path: String, PathViolation)
    /// A symbolic link that leads, or could lead, outside; or a hard link to no earlier file.
    case unsafeLink(path: String, target: String)
    /// A kind of entry that packages may not have, or not this one.
    case forbiddenKind(path: String, EntryKind)
    case duplicate(path: String)
    /// Two paths that are one on a file system which ignores case, composition or trailing dots and spaces.
    case caseCollision(path: String, other: String)
    /// A path that passes through an entry which is no directory.
    case fileAsDirectory(path: String)
    /// A tar whose headers disagree, or one that another reader could take for a different archive.
    case tar(TarViolation, path: String?)
    /// A zip whose parts disagree, or one that another reader could take for a different archive.
    case zip(ZipViolation, path: String?)

    /// What is wrong with a path.
    package enum PathViolation: Hashable, Sendable {
        case notUTF8
        case absolute
        case parent
        /// `.` or nothing between two slashes, or only dots and spaces.
        case emptyComponent
        case backslash
        case driveLetter
        case controlCharacter
        case tooLong(limit: Int)
        case tooDeep(limit: Int)
        /// A file whose name ends in a slash.
        case trailingSlash
    }

    /// A kind of entry that can be refused.
    package enum EntryKind: String, Hashable, Sendable {
        case symbolicLink = "symbolic link"
        case hardLink = "hard link"
        case device
        case pipe
        case socket
        case sparseFile = "sparse file"
        case unknown = "entry of an unknown kind"
    }

    /// What is wrong with a tar's headers.
    package enum TarViolation: Hashable, Sendable {
        /// A pax or GNU extension header is malformed, repeated, too long, belongs to no entry, or changes what it must not.
        case extendedHeader
        /// Two extension headers name the same entry.
        case twoNames
        /// An extension header gives another size than the header, or something other than a file has content.
        case size
        /// A regular file's mark on a name that ends in a slash.
        case entryType
        /// libarchive finds other entries than the headers name.
        case stream
    }

    /// What is wrong with a zip's structure.
    package enum ZipViolation: Hashable, Sendable {
        /// No end of central directory record whose comment ends with the file, or one more after it.
        case endRecord
        /// The zip64 end records are malformed or contradict the end record.
        case zip64EndRecord
        /// Parts of a set of several files.
        case multipleDisks
        /// The central directory is not where or not as long as the end record says.
        case directoryPlace
        /// The central directory's entries do not add up.
        case directoryEntry
        /// An entry's extra fields are malformed.
        case extraField
        /// Sizes that need a zip64 field without one, or a zip64 field that is not exactly what is needed.
        case zip64Field
        case encrypted
        /// A compression method other than stored and deflate.
        case method(UInt16)
        /// A name beyond ASCII without the UTF-8 flag.
        case nameEncoding
        /// The Unicode path extra field names another path.
        case unicodePath
        /// A directory with content, or attributes and name that disagree about what the entry is.
        case entryType
        /// A local header that is not directly behind the entry before it, or bytes before the first one.
        case gap
        /// The local header and the central directory disagree.
        case localHeader(Field)
        /// The data descriptor and the central directory disagree.
        case dataDescriptor
        /// Reading the file from its start finds other entries than the central directory names.
        case stream

        /// A field that both headers have.
        package enum Field: String, Hashable, Sendable {
            case name, flags, method
            case checksum = "CRC"
            case compressedSize = "compressed size"
            case size
        }
    }
}
