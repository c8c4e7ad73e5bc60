import Archives
import RegistryModel
import Testing

@Suite("Tar headers that readers take differently")
struct TarHeaderTests {
    private static func fault(_ build: (inout TarBuilder) -> Void) -> ArchiveFault? {
        ArchivesTests.fault(of: TarBuilder.make(build), .tar)
    }

    @Test("A size in a pax header must be the header's")
    func paxSize() {
        let inner = TarBuilder.make { $0.file("hidden", bytes("x")) }
        #expect(
            Self.fault { tar in
                tar.pax([("size", "\(inner.count)")])
                tar.entry(bytes("a"), type: "0", size: 0)
                tar.raw(inner)
            } == .tar(.size, path: "a"))
        #expect(
            Self.fault { tar in
                tar.pax([("size", "0")])
                tar.file("a", inner)
            } == .tar(.size, path: "a"))
        #expect(
            Self.fault { tar in
                tar.pax([("size", "1")])
                tar.file("a", bytes("x"))
            } == nil)
    }

    @Test("An entry is named once")
    func twoNames() {
        #expect(
            Self.fault { tar in
                tar.entry(bytes("././@LongLink"), type: "L", content: bytes("one\u{0}"))
                tar.pax([("path", "two")])
                tar.file("a")
            } == .tar(.twoNames, path: "a"))
        #expect(
            Self.fault { tar in
                tar.pax([("path", "one")])
                tar.pax([("path", "two")])
                tar.file("a")
            } == .tar(.extendedHeader, path: nil))
        #expect(
            Self.fault { tar in
                tar.pax([("path", "one"), ("path", "two")])
                tar.file("a")
            } == .tar(.extendedHeader, path: nil))
        #expect(
            Self.fault { tar in
                tar.pax([("path", "one\u{0}two")])
                tar.file("a")
            } == .tar(.extendedHeader, path: nil))
    }

    @Test("GNU long names and links are read")
    func longNames() throws {
        let name = String(repeating: "long/", count: 30) + "name"
        let archive = TarBuilder.make { tar in
            tar.file(String(repeating: "x", count: 99), bytes("x"))
            tar.entry(bytes("././@LongLink"), type: "L", content: bytes(name + "\u{0}"), magic: "ustar  \u{0}")
            tar.entry(bytes("long"), type: "0", content: bytes("y"), magic: "ustar  \u{0}")
            tar.entry(bytes("././@LongLink"), type: "K", content: bytes(name + "\u{0}"), magic: "ustar  \u{0}")
            tar.entry(bytes("link"), type: "1", link: bytes("long"), magic: "ustar  \u{0}")
        }
        let entries = try outcome(of: archive, .tar).get().entries
        #expect(entries.map(\.path) == [String(repeating: "x", count: 99), name, "link"])
        #expect(entries.last?.kind == .hardLink(target: name))
    }

    @Test(
        "A global header says nothing about entries",
        arguments: [("path", "x"), ("linkpath", "x"), ("size", "0"), ("hdrcharset", "BINARY")])
    func globalHeader(key: String, value: String) {
        #expect(
            Self.fault { tar in
                tar.pax([(key, value)], type: "g")
                tar.file("a")
            } == .tar(.extendedHeader, path: nil))
    }

    @Test(
        "Malformed pax records are refused",
        arguments: ["x", "5 a=b", "99 a=b\n", "6 ab=\n\u{0}", "3 =\n", "7a path=x\n", "0 \n"])
    func malformed(body: String) {
        #expect(
            Self.fault { tar in
                tar.entry(bytes("p"), type: "x", content: bytes(body))
                tar.file("a")
            } == .tar(.extendedHeader, path: nil))
    }

    @Test("An extended header that belongs to no entry is refused")
    func dangling() {
        #expect(Self.fault { $0.pax([("path", "x")]) } != nil)
        #expect(
            Self.fault { tar in
                tar.file("a")
                tar.pax([("path", "x")])
            } != nil)
    }

    @Test("Sparse files, old and new, are refused")
    func sparse() {
        #expect(Self.fault { $0.entry(bytes("a"), type: "S", magic: "ustar  \u{0}") } != nil)
        #expect(
            Self.fault { tar in
                tar.pax([("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "b")])
                tar.file("a", bytes("0\n"))
            } == .forbiddenKind(path: "", .sparseFile))
    }

    @Test("Only files have content", arguments: ["1", "2", "5"])
    func content(type: String) {
        #expect(
            Self.fault { tar in
                tar.file("b")
                tar.entry(bytes("a"), type: Character(type), content: bytes("hidden"), link: bytes("b"))
            } == .tar(.size, path: "a"))
    }

    @Test("A file's mark on a directory's name is refused, but for the oldest tars")
    func directoryMarks() throws {
        #expect(Self.fault { $0.entry(bytes("d/"), type: "0") } == .tar(.entryType, path: "d"))
        let old = TarBuilder.make { $0.entry(bytes("d/"), type: "\u{0}", magic: "") }
        #expect(try outcome(of: old, .tar).get().entries.map(\.kind) == [.directory])
    }

    @Test("Unknown kinds of entries are refused", arguments: ["7", "D", "M", "V", "N", "Z", "A"])
    func unknown(type: String) {
        #expect(Self.fault { $0.entry(bytes("a"), type: Character(type)) } != nil)
    }
}
