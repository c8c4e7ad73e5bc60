import Archives
import RegistryModel

/// Archives: as bytes, and as structures that are mutated before they become bytes.
func archiveTargets() -> [FuzzTarget] {
    let tar = TarBuilder.tar([("a/b.txt", Array("hello".utf8)), ("a/c", [])])
    let zip = ZipBuilder.zip([.init("a/b.txt", Array("hello".utf8)), .init("a/c", [])])
    let words = "../ / \\ C: . a/ ustar PK path=../x size=5 linkpath=/etc GNU.sparse.map=0 hdrcharset=BINARY"
    let kinds: [(String, ArchiveKind, [[UInt8]])] = [
        ("zip", .zip, [zip]), ("tar", .tar, [tar]), ("tar-gzip", .tarGzip, [Bytes.gzip(tar)]),
        ("tar-bz2", .tarBzip2, []),
        ("tar-xz", .tarXz, []),
    ]
    var targets = kinds.map { name, kind, seeds in
        FuzzTarget(name, maximumBytes: 8 << 10, bytes: seeds, words: words) { input in
            _ = try? ArchiveKind.sniff(MemoryByteSource(input))
            return try open(input, kind)
        }
    }
    let names: [[UInt8]] = [
        Array("a/b\u{0}hello\u{0}".utf8), Array("a\u{0}x\u{0}A\u{0}y\u{0}".utf8), Array("0a/b\u{0}hello\u{0}".utf8),
    ]
    targets.append(
        FuzzTarget("zip-structure", maximumBytes: 2048, bytes: names, words: words) { input in
            try open(ZipBuilder.zip(describedBy: input), .zip)
        })
    targets.append(
        FuzzTarget("tar-structure", maximumBytes: 2048, bytes: names, words: words) { input in
            let bytes = TarBuilder.tar(describedBy: input)
            let verdict = try open(bytes, .tar)
            try require(
                try open(Bytes.gzip(bytes), .tarGzip) == verdict || !verdict.hasPrefix("archive"),
                "gzip changes the verdict")
            return verdict
        })
    return targets
}

/// Reads an archive under small limits and checks what comes out.
private func open(_ bytes: [UInt8], _ kind: ArchiveKind) throws -> String {
    let limits = ArchiveLimits(
        entries: 100, unpackedBytes: 4 << 20, ratio: 100, ratioFloor: 1 << 16, pathDepth: 16, pathBytes: 300,
        entryBytesInMemory: 1 << 20)
    var verdicts: [String] = []
    for policy in [ArchivePolicy.linksInside, .filesAndDirectories] {
        do throws(ArchiveFault) {
            let contents = try readArchive(MemoryByteSource(bytes), kind: kind, limits: limits, policy: policy) { _ in
                true
            }
            try check(contents)
            verdicts.append(
                "archive \(contents.entries.count) \(contents.entries.map { "\($0.kind)".prefix(4) }.joined())")
        } catch {
            verdicts.append(
                Problem(error).detail.split(separator: "'").enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
                    .joined())
        }
    }
    return verdicts.joined(separator: " | ")
}

/// What must hold of every archive that was taken.
private func check(_ contents: ArchiveContents) throws(ArchiveFault) {
    var seen: Set<String> = []
    for entry in contents.entries {
        let parts = entry.path.split(separator: "/", omittingEmptySubsequences: false)
        precondition(!parts.contains { $0.isEmpty || $0 == "." || $0 == ".." }, "an unsafe path: \(entry.path)")
        precondition(seen.insert(entry.path.lowercased()).inserted, "the same path twice: \(entry.path)")
        precondition(entry.size >= 0, "a negative size")
        if entry.kind == .file, let kept = contents.kept[entry.path] {
            precondition(kept.count == entry.size, "\(entry.path) has \(kept.count) bytes, not \(entry.size)")
        }
    }
}
