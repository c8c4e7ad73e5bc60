import Archives
import RegistryModel
import Testing

@Suite("Paths in archives")
struct PathRuleTests {
    private static let violations: [(String, ArchiveFault.PathViolation)] = [
        ("/etc/passwd", .absolute), ("//server/share", .absolute), ("../escape", .parent), ("a/../../b", .parent),
        ("a/..", .parent), ("..", .parent), ("a//b", .emptyComponent), ("a/./b", .emptyComponent),
        ("a/.../b", .emptyComponent), ("a/ /b", .emptyComponent), ("a\\b", .backslash), ("..\\x", .backslash),
        ("C:/x", .driveLetter), ("c:x", .driveLetter), ("a\nb", .controlCharacter), ("a\u{7F}", .controlCharacter),
        ("a\u{85}b", .controlCharacter), ("a/\u{1B}[31m", .controlCharacter),
    ]

    @Test("Unsafe paths are refused in a tar", arguments: violations)
    func tar(path: String, violation: ArchiveFault.PathViolation) {
        let archive = TarBuilder.make { $0.file(path, bytes("x")) }
        #expect(fault(of: archive, .tar) == .unsafePath(path: path, violation))
    }

    @Test("Unsafe paths are refused in a zip", arguments: violations)
    func zip(path: String, violation: ArchiveFault.PathViolation) {
        let archive = ZipBuilder.make { $0.file(path, bytes("x")) }
        #expect(fault(of: archive, .zip) == .unsafePath(path: path, violation))
    }

    @Test("A name that is not UTF-8 is refused")
    func notUTF8() {
        let tar = TarBuilder.make { $0.entry([0x61, 0xFF, 0xFE], type: "0") }
        guard case .unsafePath(_, .notUTF8)? = fault(of: tar, .tar) else {
            Issue.record("the tar was read")
            return
        }
        let zip = ZipBuilder.make { zip in
            var entry = ZipBuilder.entry("ab", [])
            entry.local.name = [0x61, 0xFF]
            entry.central.name = [0x61, 0xFF]
            zip.entries.append(entry)
        }
        guard case .unsafePath(_, .notUTF8)? = fault(of: zip, .zip) else {
            Issue.record("the zip was read")
            return
        }
    }

    @Test("A zip name with a NUL is refused")
    func nul() {
        let zip = ZipBuilder.make { $0.file("a\u{0}.txt", bytes("x")) }
        #expect(fault(of: zip, .zip) == .unsafePath(path: "a\u{0}.txt", .controlCharacter))
    }

    @Test("Depth and length are limited")
    func limits() {
        let limits = ArchiveLimits(pathDepth: 4, pathBytes: 40)
        let deep = TarBuilder.make { $0.file("a/b/c/d/e") }
        #expect(fault(of: deep, .tar, limits: limits) == .unsafePath(path: "a/b/c/d/e", .tooDeep(limit: 4)))
        let long = String(repeating: "a", count: 41)
        let tar = TarBuilder.make { $0.file(long) }
        #expect(fault(of: tar, .tar, limits: limits) == .unsafePath(path: long, .tooLong(limit: 40)))
        #expect(fault(of: TarBuilder.make { $0.file("a/b/c/d") }, .tar, limits: limits) == nil)
    }

    @Test(
        "Odd but harmless names are accepted", arguments: ["a:b", "...a", "a.", "a ", ".hidden", "~", "COM0.txt", "ü"])
    func harmless(path: String) {
        #expect(fault(of: TarBuilder.make { $0.file("p/" + path) }, .tar) == nil)
        #expect(fault(of: ZipBuilder.make { $0.file("p/" + path, []) }, .zip) == nil)
    }

    private static let collisions: [([String], ArchiveFault)] = [
        (["a", "a"], .duplicate(path: "a")),
        (["./a", "a"], .duplicate(path: "a")),
        (["d/a", "d/A"], .caseCollision(path: "d/A", other: "a")),
        (["Dir/a", "dir/b"], .caseCollision(path: "dir/b", other: "Dir")),
        (["É", "é"], .caseCollision(path: "é", other: "É")),
        (["caf\u{E9}", "cafe\u{301}"], .caseCollision(path: "cafe\u{301}", other: "caf\u{E9}")),
        (["a.", "a"], .caseCollision(path: "a", other: "a.")),
        (["d/a ", "d/a"], .caseCollision(path: "d/a", other: "a ")),
        (["a", "a/b"], .fileAsDirectory(path: "a/b")),
        (["a/b", "a"], .fileAsDirectory(path: "a")),
        (["a/b/c", "a/b"], .fileAsDirectory(path: "a/b")),
    ]

    @Test("Two paths that are one place are refused in a tar", arguments: collisions)
    func tarCollision(paths: [String], expected: ArchiveFault) {
        let archive = TarBuilder.make { tar in paths.forEach { tar.file($0) } }
        #expect(fault(of: archive, .tar) == expected)
    }

    @Test("Two paths that are one place are refused in a zip", arguments: collisions.filter { $0.0[0] != "./a" })
    func zipCollision(paths: [String], expected: ArchiveFault) {
        let archive = ZipBuilder.make { zip in paths.forEach { zip.file($0, []) } }
        #expect(fault(of: archive, .zip) == expected)
    }

    @Test("A directory may be named after what lies in it")
    func lateDirectory() {
        let archive = TarBuilder.make { tar in
            tar.file("d/a")
            tar.directory("d")
        }
        #expect(fault(of: archive, .tar) == nil)
    }
}
