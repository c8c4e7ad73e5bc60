import Archives
import Testing

/// Small valid archives of every kind and feature, to be damaged.
enum Samples {
    struct Sample: CustomTestStringConvertible {
        let name: String
        let kind: ArchiveKind
        let bytes: [UInt8]

        var testDescription: String { name }
    }

    static let tar = TarBuilder.make { tar in
        tar.pax([("comment", "0123")], type: "g")
        tar.directory("pkg")
        tar.file("pkg/a.txt", ArchivesTests.bytes("alpha"))
        tar.pax([("path", "pkg/" + String(repeating: "long/", count: 30) + "ü"), ("size", "600")])
        tar.file("pkg/short", [UInt8](repeating: 7, count: 600))
        tar.symbolicLink("pkg/link", to: "a.txt")
        tar.hardLink("pkg/hard", to: "pkg/a.txt")
    }

    static let zip = ZipBuilder.make { zip in
        zip.file("pkg/", [])
        zip.file("pkg/a.txt", ArchivesTests.bytes("alpha"))
        zip.file("pkg/ü", ArchivesTests.bytes(String(repeating: "beta ", count: 50)), deflated: true)
    }

    static let zipWithDescriptor = ZipBuilder.make { zip in
        zip.comment = ArchivesTests.bytes("a comment")
        var entry = ZipBuilder.entry("a", ArchivesTests.bytes("alpha alpha alpha"), deflated: true)
        let sizes = littleEndian(entry.central.compressedSize) + littleEndian(entry.central.size)
        entry.descriptor = [0x50, 0x4B, 7, 8] + littleEndian(entry.central.checksum) + sizes
        entry.central.flags = 1 << 3
        entry.local = ZipBuilder.Header(
            name: entry.central.name, flags: 1 << 3, method: 8, checksum: 0, compressedSize: 0, size: 0)
        zip.entries.append(entry)
    }

    static let zip64 = ZipBuilder.make { zip in
        zip.isZip64 = true
        var entry = ZipBuilder.entry("a", ArchivesTests.bytes("alpha"))
        entry.local.size = .max
        entry.local.compressedSize = .max
        entry.local.extra =
            littleEndian(UInt16(1)) + littleEndian(UInt16(16)) + littleEndian(UInt64(5)) + littleEndian(UInt64(5))
        zip.entries.append(entry)
    }

    static let all = [
        Sample(name: "tar", kind: .tar, bytes: tar),
        Sample(name: "tar.gz", kind: .tarGzip, bytes: Compression.gzip(tar)),
        Sample(name: "tar.bz2", kind: .tarBzip2, bytes: Compression.bzip2(tar)),
        Sample(name: "tar.xz", kind: .tarXz, bytes: Compression.xz(tar)),
        Sample(name: "zip", kind: .zip, bytes: zip),
        Sample(name: "zip with a descriptor", kind: .zip, bytes: zipWithDescriptor),
        Sample(name: "zip64", kind: .zip, bytes: zip64),
    ]
}
