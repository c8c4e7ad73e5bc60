package import RegistryModel

extension Problem {
    /// Explains why an archive is refused, in one sentence for the client.
    package init(_ fault: ArchiveFault) {
        switch fault {
        case .unreadable:
            self.init(.internalError, "The archive could not be read back; try again.", diagnostic: "\(fault)")
        case .tooManyEntries, .tooLarge, .ratio, .entryTooLarge:
            self.init(.archiveTooLarge, fault.sizeSentence)
        case .unsafePath, .unsafeLink, .forbiddenKind, .duplicate, .caseCollision, .fileAsDirectory:
            self.init(.archiveUnsafe, fault.pathSentence)
        case .tar(let violation, let path):
            self.init(.archiveUnsafe, violation.sentence(path: path), diagnostic: "\(violation)")
        case .zip(let violation, let path):
            self.init(violation.code, violation.sentence(path: path), diagnostic: "\(violation)")
        case .invalid(let reason):
            self.init(
                .archiveInvalid, "The archive is damaged or of another kind than its name says.", diagnostic: reason)
        case .empty, .truncated, .trailingData, .multipleStreams:
            self.init(.archiveInvalid, fault.formSentence)
        }
    }
}

/// A path as it may stand in a message: quoted, at most 120 characters, control characters made visible.
func quoted(_ path: String) -> String {
    var text = ""
    for scalar in path.unicodeScalars.prefix(120) {
        let isHidden = scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
        text += isHidden ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
    return "\"\(text)\(path.unicodeScalars.count > 120 ? "…" : "")\""
}

extension ArchiveFault {
    fileprivate var sizeSentence: String {
        switch self {
        case .tooManyEntries(let limit): "The archive has more than \(limit) entries."
        case .tooLarge(let limit): "The archive unpacks to more than \(limit) bytes."
        case .ratio(let limit): "The archive unpacks to more than \(limit) times its own size."
        case .entryTooLarge(let path, let limit):
            "\(quoted(path)) is larger than \(limit) bytes, or the files that describe the package are together too large."
        default: "The archive is too large."
        }
    }

    fileprivate var formSentence: String {
        switch self {
        case .empty: "The archive has no entries."
        case .truncated: "The archive is cut off: it ends before its last entry or end mark."
        case .trailingData: "The archive has bytes after its end."
        case .multipleStreams: "The archive is compressed as several streams; compress it as one."
        default: "The archive is damaged."
        }
    }

    fileprivate var pathSentence: String {
        switch self {
        case .unsafePath(let path, let violation): "The archive's path \(quoted(path)) \(violation.phrase)."
        case .unsafeLink(let path, let target):
            "The link \(quoted(path)) points to \(quoted(target)), which is not safely inside the archive."
        case .forbiddenKind(let path, let kind):
            "\(quoted(path)) is a \(kind.rawValue), which this kind of package may not contain."
        case .duplicate(let path): "The archive names \(quoted(path)) twice."
        case .caseCollision(let path, let other):
            "\(quoted(path)) and \(quoted(other)) are the same on some file systems; rename one."
        case .fileAsDirectory(let path): "The archive uses a part of \(quoted(path)) both as a file and as a directory."
        default: "The archive is not safe to unpack."
        }
    }
}

extension ArchiveFault.PathViolation {
    fileprivate var phrase: String {
        switch self {
        case .notUTF8: "is not UTF-8"
        case .absolute: "is absolute"
        case .parent: "contains \"..\""
        case .emptyComponent: "has an empty part"
        case .backslash: "contains a backslash"
        case .driveLetter: "begins with a drive letter"
        case .controlCharacter: "contains a control character"
        case .tooLong(let limit): "is longer than \(limit) bytes"
        case .tooDeep(let limit): "has more than \(limit) parts"
        case .trailingSlash: "ends in a slash but is no directory"
        }
    }
}

extension ArchiveFault.TarViolation {
    fileprivate func sentence(path: String?) -> String {
        let place = path.map { " at \(quoted($0))" } ?? ""
        return switch self {
        case .extendedHeader:
            "The tar has an extended header that is malformed or that readers take differently\(place)."
        case .twoNames: "The tar gives an entry two different names\(place)."
        case .size: "The tar gives an entry two different sizes, or content to an entry that has none\(place)."
        case .entryType: "The tar marks an entry as a file and names it as a directory\(place)."
        case .stream: "The tar's entries differ between two ways of reading it\(place)."
        }
    }
}

extension ArchiveFault.ZipViolation {
    /// A method or an encryption is merely not supported; everything else could mislead a reader.
    fileprivate var code: Problem.Code {
        switch self {
        case .encrypted, .method, .multipleDisks, .nameEncoding: .archiveInvalid
        default: .archiveUnsafe
        }
    }

    fileprivate func sentence(path: String?) -> String {
        let place = path.map { " at \(quoted($0))" } ?? ""
        return switch self {
        case .endRecord: "The zip's end record does not end with the file; bytes were added, lost or changed."
        case .zip64EndRecord: "The zip's zip64 end records are malformed or contradict its end record."
        case .multipleDisks: "The zip is part of a set of several files."
        case .directoryPlace: "The zip's central directory is not where its end record says."
        case .directoryEntry: "The zip's central directory is malformed."
        case .extraField: "The zip has malformed extra fields\(place)."
        case .zip64Field: "The zip's 64-bit sizes are malformed\(place)."
        case .encrypted: "The zip has encrypted entries\(place)."
        case .method(let method):
            "The zip uses compression method \(method)\(place); use deflate or store."
        case .nameEncoding: "The zip has a name beyond ASCII without the UTF-8 flag\(place)."
        case .unicodePath: "The zip gives an entry two different names\(place)."
        case .entryType: "The zip's attributes and names disagree about what an entry is\(place)."
        case .gap: "The zip has bytes that belong to no entry, or entries out of order\(place)."
        case .localHeader(let field):
            "The zip's local header and central directory disagree in the \(field.rawValue)\(place)."
        case .dataDescriptor: "The zip's data descriptor and central directory disagree\(place)."
        case .stream: "The zip's entries read from its start differ from its central directory\(place)."
        }
    }
}
