import Archives
import RegistryModel
import Testing

@Suite("Zips that have two readings")
struct ZipStructureTests {
    private static func zip(_ change: (inout ZipBuilder) -> Void = { _ in }) -> [UInt8] {
        ZipBuilder.make { zip in
            zip.file("a", bytes("alpha"))
            zip.file("b", bytes("beta beta beta beta"), deflated: true)
            zip.file("c", bytes("gamma"))
            change(&zip)
        }
    }

    private static func violation(_ change: (inout ZipBuilder) -> Void) -> ArchiveFault.ZipViolation? {
        guard case .zip(let violation, _)? = fault(of: zip(change), .zip) else { return nil }
        return violation
    }

    @Test("The archive itself is fine")
    func baseline() {
        #expect(fault(of: Self.zip(), .zip) == nil)
    }

    @Test("Each field of a local header must equal the directory's")
    func localHeaders() {
        #expect(Self.violation { $0.entries[1].local.name = bytes("x") } == .localHeader(.name))
        #expect(Self.violation { $0.entries[1].local.name = bytes("bb") } == .localHeader(.name))
        #expect(Self.violation { $0.entries[1].local.method = 0 } == .localHeader(.method))
        #expect(Self.violation { $0.entries[1].local.checksum ^= 1 } == .localHeader(.checksum))
        #expect(Self.violation { $0.entries[1].local.size += 1 } == .localHeader(.size))
        #expect(Self.violation { $0.entries[1].local.compressedSize -= 1 } == .localHeader(.compressedSize))
        #expect(Self.violation { $0.entries[1].local.flags = 1 << 11 } == .localHeader(.flags))
        #expect(Self.violation { $0.entries[1].local.flags = 1 } == .localHeader(.flags))
    }

    @Test("Each field of the directory must equal the local header's")
    func centralHeaders() {
        #expect(Self.violation { $0.entries[1].central.name = bytes("x") } == .localHeader(.name))
        #expect(Self.violation { $0.entries[1].central.method = 0 } == .localHeader(.method))
        #expect(Self.violation { $0.entries[1].central.checksum ^= 1 } == .localHeader(.checksum))
        #expect(Self.violation { $0.entries[1].central.size += 1 } == .localHeader(.size))
        #expect(Self.violation { $0.entries[1].central.compressedSize -= 1 } == .localHeader(.compressedSize))
        #expect(Self.violation { $0.entries[1].central.compressedSize += 1 } == .localHeader(.compressedSize))
        #expect(Self.violation { $0.entries[1].central.flags = 1 << 3 } == .localHeader(.flags))
    }

    @Test("Both headers lying alike does not help: the content is held against them")
    func contentLies() {
        func both(_ change: (inout ZipBuilder.Header) -> Void) -> ArchiveFault? {
            fault(
                of: Self.zip { zip in
                    change(&zip.entries[1].local)
                    change(&zip.entries[1].central)
                }, .zip)
        }
        #expect(both { $0.checksum ^= 1 } != nil)
        #expect(both { $0.size += 1 } != nil)
        #expect(both { $0.size -= 1 } != nil)
        #expect(both { $0.method = 0 } != nil)
        let hidden = Self.zip { zip in
            zip.entries[1].data += bytes("hidden")
            zip.entries[1].local.compressedSize += 6
            zip.entries[1].central.compressedSize += 6
        }
        #expect(fault(of: hidden, .zip) != nil)
    }

    @Test("Encryption and other methods are refused")
    func unsupported() {
        func both(_ change: (inout ZipBuilder.Header) -> Void) -> ArchiveFault.ZipViolation? {
            Self.violation { zip in
                change(&zip.entries[1].local)
                change(&zip.entries[1].central)
            }
        }
        for bit in [0, 5, 6, 13] { #expect(both { $0.flags = 1 << bit } == .encrypted) }
        #expect(both { $0.method = 12 } == .method(12))
        #expect(both { $0.method = 99 } == .method(99))
        #expect(both { $0.name = bytes("ü") } == .nameEncoding)
    }

    @Test("Names beyond ASCII without their mark are taken where that is asked for: UTF-8, and from Unix")
    func unmarkedNames() throws {
        var limits = ArchiveLimits()
        limits.takesUnmarkedNames = true
        func zip(_ name: [UInt8]) -> [UInt8] {
            Self.zip { zip in
                zip.entries[1].local.name = name
                zip.entries[1].central.name = name
            }
        }
        #expect(fault(of: zip(bytes("1024×1024")), .zip, limits: limits) == nil)
        #expect(fault(of: zip([0x61, 0xFF]), .zip, limits: limits) != nil)
        // The directory says which system wrote an entry in the byte behind the version.
        var other = zip(bytes("ü"))
        for index in other.indices.dropLast(6) where other[index...].starts(with: [0x50, 0x4B, 1, 2]) {
            other[index + 5] = 0
        }
        guard case .zip(.nameEncoding, _)? = fault(of: other, .zip, limits: limits) else {
            Issue.record("a name from another system is taken")
            return
        }
    }

    @Test("Nothing may lie before, between or behind the entries")
    func gaps() {
        #expect(Self.violation { $0.prefix = bytes("#!/bin/sh\n") } == .gap)
        #expect(Self.violation { $0.entries[0].gapBefore = bytes("x") } == .gap)
        #expect(Self.violation { $0.entries[1].gapBefore = bytes("x") } == .gap)
        #expect(Self.violation { $0.entries[2].descriptor = bytes("x") } == .gap)
        #expect(Self.violation { $0.suffix = bytes("x") } == .endRecord)
        #expect(Self.violation { $0.suffix = [0] } == .endRecord)
        #expect(Self.violation { $0.beforeEnd = bytes("x") } == .directoryPlace)
        // The same prefix with offsets that leave it out, as self-extracting archives have.
        guard case .zip(.directoryPlace, _)? = fault(of: bytes("MZ") + Self.zip(), .zip) else {
            Issue.record("a prepended archive was read")
            return
        }
        guard case .zip? = fault(of: Self.zip() + Self.zip(), .zip) else {
            Issue.record("two archives behind another were read")
            return
        }
    }

    @Test("An entry in the file that the directory leaves out is refused")
    func hiddenEntry() {
        let hidden = ZipBuilder.make { zip in
            zip.file("x", bytes("secret"))
        }
        let local = Array(hidden.prefix(30 + 1 + 6))
        #expect(Self.violation { $0.entries[1].gapBefore = local } == .gap)
        #expect(Self.violation { $0.entries[2].descriptor = local } == .gap)
        #expect(Self.violation { $0.prefix = local } == .gap)
    }

    @Test("The directory's order must be the file's, and no two entries may share content")
    func orderAndOverlap() {
        let archive = Self.zip()
        let start = Self.directoryStart(archive)
        // Entry records are 47 bytes each: 46 and a name of one.
        let swapped =
            archive[..<start] + archive[(start + 47)..<(start + 94)] + archive[start..<(start + 47)]
            + archive[(start + 94)...]
        guard case .zip(.gap, _)? = fault(of: Array(swapped), .zip) else {
            Issue.record("another order was read")
            return
        }
        let doubled =
            archive[..<start] + archive[start..<(start + 47)] + archive[start..<(start + 47)]
            + archive[(start + 94)...]
        #expect(fault(of: Array(doubled), .zip) != nil)
    }

    @Test("The end record must fit")
    func endRecord() {
        #expect(Self.violation { $0.countError = 1 } == .directoryEntry)
        #expect(Self.violation { $0.countError = -1 } == .directoryEntry)
        #expect(Self.violation { $0.sizeError = -1 } == .directoryPlace)
        #expect(Self.violation { $0.comment = bytes("PK\u{5}\u{6}") } == .endRecord)
        let second = Self.zip().suffix(22)
        #expect(Self.violation { $0.comment = Array(second) } != nil)
        #expect(fault(of: ZipBuilder().finished(), .zip) == .empty)
    }

    @Test("zip64 records must be needed, exact and agree")
    func zip64() {
        #expect(Self.violation { $0.isZip64 = true } == nil)
        #expect(
            Self.violation {
                $0.isZip64 = true
                $0.countError = 1
            } == .directoryEntry)
        let wide = Self.zip { $0.isZip64 = true }
        for (offset, expected) in [
            (22 + 20 + 56 - 4, ArchiveFault.ZipViolation.zip64EndRecord), (22 + 12, .zip64EndRecord),
            (22 + 4, .zip64EndRecord),
            (22 + 20 + 40, .zip64EndRecord),
        ] {
            var changed = wide
            changed[changed.count - offset] ^= 1
            guard case .zip(let violation, _)? = fault(of: changed, .zip) else {
                Issue.record("a change at \(offset) was read")
                continue
            }
            #expect(violation == expected, "\(offset)")
        }
        // The end record names another count than the zip64 record.
        var contradicting = wide
        contradicting.replaceSubrange(wide.count - 14..<wide.count - 10, with: [9, 0, 9, 0])
        #expect(fault(of: contradicting, .zip) == .zip(.zip64EndRecord, path: nil))
        let field = littleEndian(UInt16(1)) + littleEndian(UInt16(8)) + littleEndian(UInt64(5))
        #expect(Self.violation { $0.entries[0].central.extra = field } == .zip64Field)
        #expect(Self.violation { $0.entries[0].local.extra = field } == .zip64Field)
        #expect(Self.violation { $0.entries[0].central.size = .max } == .zip64Field)
    }

    @Test("Extra fields must be well formed, and a Unicode path must be the path")
    func extraFields() {
        func unicode(_ name: String, of header: String) -> [UInt8] {
            let body = [1] + littleEndian(Checksum.crc32(bytes(header))) + bytes(name)
            return littleEndian(UInt16(0x7075)) + littleEndian(UInt16(body.count)) + body
        }
        #expect(Self.violation { $0.entries[0].central.extra = unicode("a", of: "a") } == nil)
        #expect(Self.violation { $0.entries[0].local.extra = unicode("a", of: "a") } == nil)
        #expect(Self.violation { $0.entries[0].central.extra = unicode("x", of: "a") } == .unicodePath)
        #expect(Self.violation { $0.entries[0].local.extra = unicode("x", of: "a") } == .unicodePath)
        #expect(Self.violation { $0.entries[0].local.extra = unicode("a", of: "b") } == .unicodePath)
        let twice = unicode("a", of: "a") + unicode("a", of: "a")
        #expect(Self.violation { $0.entries[0].central.extra = twice } == .extraField)
        #expect(Self.violation { $0.entries[0].central.extra = [1, 2, 3] } == .extraField)
        #expect(Self.violation { $0.entries[0].local.extra = [9, 9, 200, 0, 1] } == .extraField)
        #expect(Self.violation { $0.entries[0].central.extra = [9, 9, 1, 0, 7] } == nil)
    }

    @Test("A data descriptor must agree with the directory")
    func descriptors() {
        func archive(_ change: (inout ZipBuilder.Entry) -> Void) -> ArchiveFault? {
            fault(
                of: ZipBuilder.make { zip in
                    var entry = ZipBuilder.entry("a", bytes("alpha alpha alpha alpha"), deflated: true)
                    entry.descriptor =
                        [0x50, 0x4B, 7, 8] + littleEndian(entry.central.checksum)
                        + littleEndian(entry.central.compressedSize) + littleEndian(entry.central.size)
                    entry.central.flags = 1 << 3
                    entry.local.flags = 1 << 3
                    change(&entry)
                    zip.entries.append(entry)
                }, .zip)
        }
        #expect(archive { _ in } == nil)
        for index in 0..<16 {
            #expect(archive { $0.descriptor[index] ^= 1 } == .zip(.dataDescriptor, path: "a"), "byte \(index)")
        }
        #expect(archive { $0.descriptor.removeLast() } == .zip(.dataDescriptor, path: "a"))
        #expect(archive { $0.descriptor = [] } == .zip(.dataDescriptor, path: "a"))
        #expect(archive { $0.local.size = 7 } == .zip(.localHeader(.size), path: "a"))
    }

    @Test("Name and attributes must agree about directories")
    func directories() {
        func violation(_ path: String, _ content: [UInt8], attributes: UInt32) -> ArchiveFault.ZipViolation? {
            Self.violation { zip in
                zip.file(path, content)
                zip.entries[3].central.attributes = attributes
            }
        }
        #expect(violation("d/", [], attributes: 0) == nil)
        #expect(violation("d/", bytes("x"), attributes: 0) == .entryType)
        #expect(violation("d", [], attributes: 0x10) == .entryType)
        #expect(violation("d", [], attributes: 0o040755 << 16) == .entryType)
        #expect(violation("d/", [], attributes: 0o100644 << 16) == .entryType)
    }

    private static func directoryStart(_ archive: [UInt8]) -> Int {
        (0..<4).reduce(0) { $0 | Int(archive[archive.count - 6 + $1]) << (8 * $1) }
    }
}
