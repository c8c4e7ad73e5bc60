import Archives
import RegistryModel
import Testing

@Suite("Links in archives")
struct LinkTests {
    @Test(
        "Symbolic links that stay inside are read",
        arguments: [
            ("a", "b"), ("d/a", "../b"), ("d/e/a", "../../b"), ("a", "./d/x"), ("d/a", "."), ("d/a", ".."),
            ("a", "d//x"),
        ])
    func inside(path: String, target: String) throws {
        let tar = TarBuilder.make { $0.symbolicLink(path, to: target) }
        #expect(try outcome(of: tar, .tar).get().entries.map(\.kind) == [.symbolicLink(target: target)])
        let zip = ZipBuilder.make { zip in
            var entry = ZipBuilder.entry(path, bytes(target))
            entry.central.attributes = 0o120777 << 16
            zip.entries.append(entry)
        }
        #expect(try outcome(of: zip, .zip).get().entries.map(\.kind) == [.symbolicLink(target: target)])
    }

    @Test(
        "Symbolic links that lead or could lead outside are refused",
        arguments: [
            ("a", "/etc/passwd"), ("a", ".."), ("a", "../b"), ("d/a", "../../b"), ("a", "d/../../b"),
            ("a", "d/.."), ("a", "C:/x"), ("a", "..\\x"), ("a", "b\n"),
        ])
    func outside(path: String, target: String) {
        let expected = ArchiveFault.unsafeLink(path: path, target: target)
        #expect(fault(of: TarBuilder.make { $0.symbolicLink(path, to: target) }, .tar) == expected)
        let zip = ZipBuilder.make { zip in
            var entry = ZipBuilder.entry(path, bytes(target))
            entry.central.attributes = 0o120777 << 16
            zip.entries.append(entry)
        }
        #expect(fault(of: zip, .zip) == expected)
    }

    @Test("Nothing may lie behind a link, in either order")
    func through() {
        let after = TarBuilder.make { tar in
            tar.symbolicLink("d", to: "e")
            tar.file("d/x")
        }
        #expect(fault(of: after, .tar) == .fileAsDirectory(path: "d/x"))
        let before = TarBuilder.make { tar in
            tar.file("d/x")
            tar.symbolicLink("d", to: "e")
        }
        #expect(fault(of: before, .tar) == .fileAsDirectory(path: "d"))
    }

    @Test("A hard link must name an earlier regular file exactly")
    func hardLinks() {
        func archive(target: String) -> [UInt8] {
            TarBuilder.make { tar in
                tar.file("d/a", bytes("x"))
                tar.symbolicLink("s", to: "d/a")
                tar.hardLink("h", to: target)
                tar.file("late")
            }
        }
        #expect(fault(of: archive(target: "d/a"), .tar) == nil)
        for target in ["d/A", "late", "d", "s", "missing", "h"] {
            #expect(fault(of: archive(target: target), .tar) == .unsafeLink(path: "h", target: target))
        }
        #expect(fault(of: archive(target: "/etc/passwd"), .tar) == .unsafePath(path: "/etc/passwd", .absolute))
        #expect(fault(of: archive(target: "../x"), .tar) == .unsafePath(path: "../x", .parent))
    }

    @Test("The strict policy takes files and directories only")
    func policy() {
        let symbolic = TarBuilder.make { $0.symbolicLink("a", to: "b") }
        #expect(
            fault(of: symbolic, .tar, policy: .filesAndDirectories) == .forbiddenKind(path: "a", .symbolicLink))
        let hard = TarBuilder.make { tar in
            tar.file("b")
            tar.hardLink("a", to: "b")
        }
        #expect(fault(of: hard, .tar, policy: .filesAndDirectories) == .forbiddenKind(path: "a", .hardLink))
    }

    @Test("Devices, pipes and sockets are never accepted")
    func devices() {
        for (type, kind) in [("3", ArchiveFault.EntryKind.device), ("4", .device), ("6", .pipe)] {
            let archive = TarBuilder.make { $0.entry(bytes("a"), type: Character(type)) }
            #expect(fault(of: archive, .tar) == .forbiddenKind(path: "a", kind))
        }
        for (mode, kind) in [(0o010644, ArchiveFault.EntryKind.pipe), (0o060644, .device), (0o140644, .socket)] {
            let archive = ZipBuilder.make { zip in
                zip.file("a", [])
                zip.entries[0].central.attributes = UInt32(mode) << 16
            }
            #expect(fault(of: archive, .zip) == .forbiddenKind(path: "a", kind))
        }
    }
}
