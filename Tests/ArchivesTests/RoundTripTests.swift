import Archives
import RegistryModel
import Testing

@Suite("Archives that are read")
struct RoundTripTests {
    private static let tar = TarBuilder.make { tar in
        tar.directory("./")
        tar.directory("pkg")
        tar.file("pkg/a.txt", bytes("alpha"))
        tar.file("./pkg/sub/empty")
        tar.file("pkg/grüße.txt", bytes(String(repeating: "x", count: 1000)))
        tar.symbolicLink("pkg/link", to: "sub/empty")
        tar.hardLink("pkg/again", to: "pkg/a.txt")
    }

    @Test(
        "A tar in every wrapping",
        arguments: [
            (ArchiveKind.tar, Compression?.none), (.tarGzip, .gzip), (.tarBzip2, .bzip2), (.tarXz, .xz),
        ])
    func tars(kind: ArchiveKind, compression: Compression?) throws {
        let archive = compression.map { $0(Self.tar) } ?? Self.tar
        let source = MemoryByteSource(archive)
        #expect(try ArchiveKind.sniff(source) == kind)
        let contents = try outcome(of: archive, kind).get()
        #expect(
            contents.entries.map(\.path) == [
                "pkg", "pkg/a.txt", "pkg/sub/empty", "pkg/grüße.txt", "pkg/link", "pkg/again",
            ])
        #expect(contents.entries.map(\.size) == [0, 5, 0, 1000, 0, 0])
        #expect(contents.entries[4].kind == .symbolicLink(target: "sub/empty"))
        #expect(contents.entries[5].kind == .hardLink(target: "pkg/a.txt"))
        #expect(contents.unpackedBytes == 1005)
        #expect(text(contents.kept["pkg/a.txt"]) == "alpha")
        #expect(contents.kept["pkg/sub/empty"] == [])
        #expect(contents.kept.count == 3)
    }

    @Test("An observer sees the content of every file, file by file, and nothing of links and directories")
    func observer() throws {
        let zip = ZipBuilder.make { zip in
            zip.file("pkg/", [])
            zip.file("pkg/a.txt", bytes("alpha"))
            zip.file("pkg/long.txt", bytes(String(repeating: "hello ", count: 50_000)), deflated: true)
            zip.file("pkg/empty", [])
        }
        for (archive, kind) in [(zip, ArchiveKind.zip), (Self.tar, .tar)] {
            var seen: [String: [UInt8]] = [:]
            var order: [String] = []
            let contents = try readArchive(
                MemoryByteSource(archive), kind: kind, limits: ArchiveLimits(),
                observe: { entry, block in
                    if order.last != entry.path { order.append(entry.path) }
                    seen[entry.path, default: []] += Array(block)
                }, keep: { _ in true })
            #expect(seen == contents.kept.filter { !$0.value.isEmpty })
            #expect(order == contents.entries.filter { $0.kind == .file && $0.size > 0 }.map(\.path))
        }
    }

    @Test("A zip with stored, deflated and empty entries, a directory and a name beyond ASCII")
    func zips() throws {
        let long = bytes(String(repeating: "hello ", count: 5000))
        let archive = ZipBuilder.make { zip in
            zip.file("pkg/", [])
            zip.file("pkg/a.txt", bytes("alpha"))
            zip.file("pkg/long.txt", long, deflated: true)
            zip.file("pkg/empty", [])
            zip.file("pkg/grüße.txt", bytes("ü"), deflated: true)
            zip.comment = bytes("made by a test")
        }
        #expect(try ArchiveKind.sniff(MemoryByteSource(archive)) == .zip)
        let contents = try outcome(of: archive, .zip, keep: { $0.path != "pkg/a.txt" }).get()
        #expect(
            contents.entries.map(\.path) == ["pkg", "pkg/a.txt", "pkg/long.txt", "pkg/empty", "pkg/grüße.txt"])
        #expect(contents.entries[0].kind == .directory)
        #expect(contents.entries[2].size == long.count)
        #expect(contents.entries[1].mode == 0o644)
        #expect(contents.kept["pkg/long.txt"] == long)
        #expect(contents.kept["pkg/a.txt"] == nil)
    }

    @Test("A zip whose sizes follow the content")
    func descriptors() throws {
        let archive = ZipBuilder.make { zip in
            for (name, isSigned) in [("a", true), ("b", false)] {
                let content = bytes(String(repeating: name, count: 300))
                var entry = ZipBuilder.entry(name, content, deflated: true)
                let fields =
                    littleEndian(entry.central.checksum) + littleEndian(entry.central.compressedSize)
                    + littleEndian(entry.central.size)
                entry.descriptor = (isSigned ? [0x50, 0x4B, 7, 8] : []) + fields
                entry.central.flags = 1 << 3
                entry.local = ZipBuilder.Header(
                    name: bytes(name), flags: 1 << 3, method: 8, checksum: 0, compressedSize: 0, size: 0)
                zip.entries.append(entry)
            }
        }
        let contents = try outcome(of: archive, .zip).get()
        #expect(contents.entries.map(\.size) == [300, 300])
    }

    @Test("A zip with zip64 records")
    func zip64() throws {
        let archive = ZipBuilder.make { zip in
            zip.isZip64 = true
            var entry = ZipBuilder.entry("a", bytes("alpha"))
            let sizes = littleEndian(UInt64(5)) + littleEndian(UInt64(5))
            entry.local.size = .max
            entry.local.compressedSize = .max
            entry.local.extra = littleEndian(UInt16(1)) + littleEndian(UInt16(16)) + sizes
            entry.central = entry.local
            zip.entries.append(entry)
        }
        let contents = try outcome(of: archive, .zip).get()
        #expect(text(contents.kept["a"]) == "alpha")
    }

    @Test("A long path in a pax header, and a global header with a comment")
    func pax() throws {
        let path = "pkg/" + String(repeating: "long/", count: 40) + "ü.txt"
        let archive = TarBuilder.make { tar in
            tar.pax([("comment", "0123456789abcdef")], type: "g")
            tar.pax([("path", path), ("mtime", "1700000000.5")])
            tar.file("short", bytes("x"))
        }
        let contents = try outcome(of: archive, .tar).get()
        #expect(contents.entries.map(\.path) == [path])
    }

    @Test("Zeros behind the end are padding")
    func padding() throws {
        let zeros = [UInt8](repeating: 0, count: 20_480)
        #expect(fault(of: Self.tar + zeros, .tar) == nil)
        #expect(fault(of: Compression.gzip(Self.tar + zeros), .tarGzip) == nil)
        #expect(fault(of: Compression.gzip(Self.tar) + zeros, .tarGzip) == nil)
    }

    @Test("A small archive of much the same is not held to the ratio")
    func smallRatio() throws {
        let archive = TarBuilder.make { $0.file("zeros", [UInt8](repeating: 0, count: 900_000)) }
        #expect(fault(of: Compression.gzip(archive), .tarGzip) == nil)
    }
}
