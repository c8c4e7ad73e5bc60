/// The path of an entry, once it has passed the rules that hold whatever the format.
///
/// Refused: absolute paths, `..`, empty and `.` components, backslashes, drive letters, control characters, invalid
/// UTF-8, components of dots and spaces only. A trailing dot or space on a component is allowed because real packages
/// have them, but ``EntryTree`` folds it away, as Windows would, so that it cannot make two paths one.
struct EntryPath: Equatable {
    let components: [String]
    let text: String
    /// Whether the stored name ended in a slash.
    let hasTrailingSlash: Bool

    /// Checks a stored name.
    ///
    /// Tar writers put a leading `./` there, zip writers do not; `dropsDotSlash` ignores it. Nil stands for the archive's
    /// own root (`./`).
    static func parse(_ bytes: some Collection<UInt8>, dropsDotSlash: Bool, limits: ArchiveLimits)
        throws(ArchiveFault) -> EntryPath?
    {
        guard bytes.count <= limits.pathBytes else {
            let head = String(decoding: bytes.prefix(80), as: UTF8.self)
            throw .unsafePath(path: head, .tooLong(limit: limits.pathBytes))
        }
        guard let whole = String(validating: Array(bytes), as: UTF8.self) else {
            throw .unsafePath(path: String(decoding: Array(bytes), as: UTF8.self), .notUTF8)
        }
        if let violation = violation(ofText: whole) { throw .unsafePath(path: whole, violation) }
        var parts = whole.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        let hasTrailingSlash = parts.count > 1 && parts.last == ""
        if hasTrailingSlash { parts.removeLast() }
        if dropsDotSlash, parts.first == "." {
            parts.removeFirst(parts.prefix { $0 == "." }.count)
            if parts.isEmpty { return nil }
        }
        if let violation = violation(ofComponents: parts) { throw .unsafePath(path: whole, violation) }
        guard parts.count <= limits.pathDepth else {
            throw .unsafePath(path: whole, .tooDeep(limit: limits.pathDepth))
        }
        return EntryPath(
            components: parts, text: parts.joined(separator: "/"), hasTrailingSlash: hasTrailingSlash)
    }

    private static func violation(ofText text: String) -> ArchiveFault.PathViolation? {
        let bytes = text.utf8
        if bytes.first == UInt8(ascii: "/") { return .absolute }
        if bytes.contains(UInt8(ascii: "\\")) { return .backslash }
        if hasDriveLetter(text) { return .driveLetter }
        return hasControlCharacter(text) ? .controlCharacter : nil
    }

    private static func violation(ofComponents parts: [String]) -> ArchiveFault.PathViolation? {
        for part in parts {
            if part == ".." { return .parent }
            if part.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: " ") }) { return .emptyComponent }
        }
        return parts.isEmpty ? .emptyComponent : nil
    }

    /// Whether it begins as `C:` does.
    static func hasDriveLetter(_ text: String) -> Bool {
        var bytes = text.utf8.makeIterator()
        guard let letter = bytes.next(), bytes.next() == UInt8(ascii: ":") else { return false }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter | 0x20)
    }

    /// Whether a scalar of the category Cc is in it: C0, DEL and C1.
    static func hasControlCharacter(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    }
}

extension EntryPath {
    /// Whether a symbolic link at this path may have that target.
    ///
    /// Relative, resolved against the link's own directory, never above the root. `..` may stand only at its beginning:
    /// behind a name that is itself a link it would mean another directory than the text says. The link's own directory
    /// is a real one, because ``EntryTree`` refuses paths through links.
    func allowsLink(to target: String) -> Bool {
        let bytes = target.utf8
        guard !bytes.isEmpty, bytes.first != UInt8(ascii: "/"), !bytes.contains(UInt8(ascii: "\\")),
            !Self.hasDriveLetter(target), !Self.hasControlCharacter(target)
        else { return false }
        var depth = components.count - 1
        var isDescending = false
        for part in bytes.split(separator: UInt8(ascii: "/")).map({ String(Substring($0)) }) where part != "." {
            if part == ".." {
                depth -= 1
                if isDescending || depth < 0 { return false }
            } else {
                isDescending = true
            }
        }
        return true
    }
}
