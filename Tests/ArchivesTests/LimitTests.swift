import Archives
import RegistryModel
import Testing

@Suite("Archive limits")
struct LimitTests {
    @Test("One entry too many", arguments: [ArchiveKind.tarGzip, .zip])
    func entries(kind: ArchiveKind) {
        let limits = ArchiveLimits(entries: 10)
        func archive(_ count: Int) -> [UInt8] {
            if kind == .zip {
                return ZipBuilder.make { zip in (0..<count).forEach { zip.file("f\($0)", []) } }
            }
            return Compression.gzip(TarBuilder.make { tar in (0..<count).forEach { tar.file("f\($0)") } })
        }
        #expect(fault(of: archive(10), kind, limits: limits) == nil)
        #expect(fault(of: archive(11), kind, limits: limits) == .tooManyEntries(limit: 10))
    }

    @Test("100,001 entries under the default limits")
    func manyEntries() {
        var one = TarBuilder()
        one.file("f")
        var tar: [UInt8] = []
        tar.reserveCapacity(100_001 * 512 + 1024)
        for index in 0..<100_001 {
            var header = Array(one.bytes)
            // Another name with the same sum of bytes: only its digits move, and their sum goes into the checksum.
            let name = Array("f\(index)".utf8)
            var sum = header.reduce(0) { $0 + Int($1) } - header[148..<156].reduce(0) { $0 + Int($1) } + 8 * 0x20
            sum += name.reduce(0) { $0 + Int($1) } - Int(header[0])
            header.replaceSubrange(0..<name.count, with: name)
            let digits = String(sum, radix: 8)
            let field = Array((String(repeating: "0", count: 6 - digits.count) + digits).utf8) + [0, 0x20]
            header.replaceSubrange(148..<156, with: field)
            tar += header
        }
        tar += [UInt8](repeating: 0, count: 1024)
        let limits = ArchiveLimits(ratio: 1000)
        #expect(fault(of: Compression.gzip(tar), .tarGzip, limits: limits) == .tooManyEntries(limit: 100_000))
    }

    @Test("More bytes than allowed, counted while unpacking", arguments: [ArchiveKind.tar, .tarGzip, .tarBzip2, .zip])
    func size(kind: ArchiveKind) {
        let limits = ArchiveLimits(unpackedBytes: 100_000)
        func archive(_ count: Int) -> [UInt8] {
            let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
            if kind == .zip { return ZipBuilder.make { $0.file("a", content, deflated: true) } }
            let tar = TarBuilder.make { tar in
                tar.file("a", Array(content.prefix(count / 2)))
                tar.file("b", Array(content.dropFirst(count / 2)))
            }
            return kind == .tar ? tar : (kind == .tarGzip ? Compression.gzip(tar) : Compression.bzip2(tar))
        }
        #expect(fault(of: archive(100_000), kind, limits: limits) == nil)
        #expect(fault(of: archive(100_001), kind, limits: limits) == .tooLarge(limit: 100_000))
    }

    @Test("A bomb is refused for its ratio", arguments: Compression.allCases)
    func ratio(compression: Compression) {
        let archive = compression(TarBuilder.make { $0.file("a", [UInt8](repeating: 0, count: 4 << 20)) })
        let kind: ArchiveKind =
            switch compression {
            case .gzip: .tarGzip
            case .bzip2: .tarBzip2
            case .xz: .tarXz
            }
        #expect(fault(of: archive, kind) == .ratio(limit: 100))
    }

    @Test("A zip bomb is refused for its ratio")
    func zipRatio() {
        let archive = ZipBuilder.make { $0.file("a", [UInt8](repeating: 0, count: 4 << 20), deflated: true) }
        #expect(fault(of: archive, .zip) == .ratio(limit: 100))
    }

    @Test("A kept file is limited, an unkept one is not")
    func memory() {
        let limits = ArchiveLimits(entryBytesInMemory: 10)
        let archive = TarBuilder.make { $0.file("a", [UInt8](repeating: 1, count: 11)) }
        #expect(fault(of: archive, .tar, limits: limits) == .entryTooLarge(path: "a", limit: 10))
        guard case .success = outcome(of: archive, .tar, limits: limits, keep: { _ in false }) else {
            Issue.record("an archive was refused for a file that nobody keeps")
            return
        }
    }

    @Test("All kept files together are limited")
    func memoryTotal() {
        let limits = ArchiveLimits(entryBytesInMemory: 10)
        let archive = TarBuilder.make { tar in
            (0..<6).forEach { tar.file("f\($0)", [UInt8](repeating: 1, count: 9)) }
        }
        #expect(fault(of: archive, .tar, limits: limits) == .entryTooLarge(path: "f4", limit: 10))
    }

    @Test("An archive in an archive is only a file; compression in compression is no tar")
    func nesting() {
        let tar = TarBuilder.make { $0.file("a", bytes("x")) }
        let nested = TarBuilder.make { $0.file("inner.tar.gz", Compression.gzip(tar)) }
        #expect(fault(of: Compression.gzip(nested), .tarGzip) == nil)
        for outer in Compression.allCases {
            let kind: ArchiveKind = outer == .gzip ? .tarGzip : (outer == .bzip2 ? .tarBzip2 : .tarXz)
            for inner in Compression.allCases {
                guard case .invalid? = fault(of: outer(inner(tar)), kind) else {
                    Issue.record("\(inner) inside \(outer) was read")
                    continue
                }
            }
        }
    }
}
