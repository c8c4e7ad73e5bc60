import Archives
import RegistryModel
import Testing

@Suite("Tars that are damaged or have two readings")
struct TarFormTests {
    private static let tar = TarBuilder.make { tar in
        tar.file("a", bytes("alpha"))
        tar.file("b", bytes(String(repeating: "beta", count: 400)))
    }

    @Test("Every truncation of a tar is refused")
    func truncatedTar() {
        // The end mark is 1024 zeros, of which one block is enough.
        let end = Self.tar.count - 1024
        for length in stride(from: 1, to: end + 512, by: 37) {
            #expect(fault(of: Array(Self.tar.prefix(length)), .tar) != nil, "\(length) bytes")
        }
        #expect(fault(of: Array(Self.tar.prefix(end)), .tar) == .truncated)
        #expect(fault(of: Array(Self.tar.prefix(end + 512)), .tar) == nil)
    }

    @Test("Every truncation of a compressed tar is refused", arguments: Compression.allCases)
    func truncatedStream(compression: Compression) {
        let archive = compression(Self.tar)
        let kind: ArchiveKind = compression == .gzip ? .tarGzip : (compression == .bzip2 ? .tarBzip2 : .tarXz)
        #expect(fault(of: archive, kind) == nil)
        for length in 1..<archive.count {
            #expect(fault(of: Array(archive.prefix(length)), kind) != nil, "\(length) bytes")
        }
    }

    @Test("Bytes behind the end are refused")
    func trailing() {
        #expect(fault(of: Self.tar + bytes("x"), .tar) == .trailingData)
        #expect(fault(of: Self.tar + Self.tar, .tar) == .trailingData)
        #expect(fault(of: Compression.gzip(Self.tar + Self.tar), .tarGzip) == .trailingData)
        #expect(fault(of: Compression.gzip(Self.tar) + bytes("x"), .tarGzip) == .trailingData)
        #expect(fault(of: Compression.gzip(Self.tar) + [0, 0, 1], .tarGzip) == .trailingData)
        for kind in [ArchiveKind.tarBzip2, .tarXz] {
            let archive = kind == .tarXz ? Compression.xz(Self.tar) : Compression.bzip2(Self.tar)
            for tail in [bytes("x"), [UInt8](repeating: 0, count: 13), archive.suffix(12) + bytes("trail")] {
                #expect(fault(of: archive + tail, kind) != nil)
            }
        }
    }

    @Test("Two compressed streams are refused where readers differ on the second")
    func multipleStreams() {
        let half = Self.tar.count / 2
        let gzip = Compression.gzip(Array(Self.tar.prefix(half))) + Compression.gzip(Array(Self.tar.dropFirst(half)))
        #expect(fault(of: gzip, .tarGzip) == .multipleStreams)
        #expect(fault(of: Compression.gzip(Self.tar) + Compression.gzip(Self.tar), .tarGzip) == .multipleStreams)
        let xz = Compression.xz(Array(Self.tar.prefix(half))) + Compression.xz(Array(Self.tar.dropFirst(half)))
        #expect(fault(of: xz, .tarXz) == .multipleStreams)
    }

    @Test("Entries behind a lone block of zeros are refused")
    func loneZeroBlock() {
        var builder = TarBuilder()
        builder.file("a", bytes("x"))
        builder.raw([UInt8](repeating: 0, count: 512))
        builder.file("hidden", bytes("y"))
        #expect(fault(of: builder.finished(), .tar) == .trailingData)
    }

    @Test("A wrong checksum of the header or of the gzip member is refused")
    func checksums() {
        var tar = Self.tar
        tar[0] ^= 1
        #expect(fault(of: tar, .tar) != nil)
        var gzip = Compression.gzip(Self.tar)
        gzip[gzip.count - 5] ^= 1
        #expect(fault(of: gzip, .tarGzip) != nil)
        gzip = Compression.gzip(Self.tar)
        gzip[gzip.count - 1] ^= 1
        #expect(fault(of: gzip, .tarGzip) != nil)
    }

    @Test("Neither nothing nor something else is a tar")
    func otherBytes() {
        #expect(fault(of: [], .tar) == .empty)
        #expect(fault(of: [UInt8](repeating: 0, count: 2048), .tar) != nil)
        #expect(fault(of: bytes("#!/bin/sh\nexit 0\n"), .tar) != nil)
        #expect(fault(of: ZipBuilder.make { $0.file("a", []) }, .tar) != nil)
        #expect(fault(of: Self.tar, .tarGzip) != nil)
        #expect(fault(of: Self.tar, .zip) != nil)
        #expect(fault(of: Compression.gzip([]), .tarGzip) != nil)
        #expect(fault(of: Compression.xz([]), .tarXz) != nil)
    }
}
