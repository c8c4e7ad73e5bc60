import Archives
import Foundation
import RegistryModel
import Testing

/// Archives that Python's standard library writes are read as it reads them.
@Suite("Python's zipfile and tarfile as oracle", .enabled(if: Python.isAvailable))
struct PythonOracleTests {
    private static let common = """
        import io, json, random, sys, tarfile, zipfile
        random.seed(7)
        def content(i): return bytes(random.choice(b'abcdef\\n') for _ in range([0, 1, 511, 512, 513, 70000][i % 6]))
        names = ['pkg/f%d.txt' % i for i in range(12)] + ['pkg/ü/é%d' % i for i in range(3)] \
            + ['pkg/' + 'deep/' * 25 + 'n%d' % i for i in range(3)]
        files = {n: content(i) for i, n in enumerate(names)}
        class Stream(io.RawIOBase):
            def __init__(self, f): self.f = f
            def writable(self): return True
            def write(self, b): return self.f.write(b)
            def seekable(self): return False
        """

    private static let zipScript =
        common + """

            method, streams, wide, path = int(sys.argv[1]), sys.argv[2] == '1', sys.argv[3] == '1', sys.argv[4]
            with open(path, 'wb') as f:
                with zipfile.ZipFile(Stream(f) if streams else f, 'w', compression=method) as z:
                    if not streams: z.writestr('pkg/', b'')
                    for n, b in files.items():
                        with z.open(zipfile.ZipInfo(n) if method == 0 else n, 'w', force_zip64=wide) as e: e.write(b)
            with zipfile.ZipFile(path) as z:
                print(json.dumps([[n.rstrip('/'), z.read(n).decode()] for n in z.namelist() if not n.endswith('/')]))
            """

    private static let tarScript =
        common + """

            form, mode, path = int(sys.argv[1]), sys.argv[2], sys.argv[3]
            with tarfile.open(path, 'w:' + mode, format=form) as t:
                d = tarfile.TarInfo('pkg'); d.type = tarfile.DIRTYPE; t.addfile(d)
                for n, b in files.items():
                    i = tarfile.TarInfo(n); i.size = len(b); i.mtime = 1700000000.25 if form == 2 else 1700000000
                    t.addfile(i, io.BytesIO(b))
                l = tarfile.TarInfo('pkg/link'); l.type = tarfile.SYMTYPE; l.linkname = 'f1.txt'; t.addfile(l)
            with tarfile.open(path) as t:
                print(json.dumps([[m.name, t.extractfile(m).read().decode()] for m in t if m.isfile()]))
            """

    @Test("Zips", arguments: [0, 8], [false, true])
    func zips(method: Int, streams: Bool) throws {
        for wide in [false, true] {
            let arguments = ["\(method)", streams ? "1" : "0", wide ? "1" : "0"]
            try Self.compare(Self.zipScript, arguments: arguments, kind: .zip)
        }
    }

    /// The formats are tarfile's USTAR, GNU and PAX.
    @Test("Tars", arguments: [0, 1, 2], [("", ArchiveKind.tar), ("gz", .tarGzip), ("bz2", .tarBzip2), ("xz", .tarXz)])
    func tars(format: Int, mode: (String, ArchiveKind)) throws {
        try Self.compare(Self.tarScript, arguments: ["\(format)", mode.0], kind: mode.1)
    }

    private static func compare(_ script: String, arguments: [String], kind: ArchiveKind) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("archive").path
        let output = try Python.run(script, arguments: arguments + [path])
        let expected = try #require(try JSONValue.parse(Array(output.utf8)).arrayValue)
        let archive = try Data(contentsOf: URL(fileURLWithPath: path))
        let contents = try outcome(of: Array(archive), kind).get()
        #expect(contents.kept.count == expected.count)
        let files = contents.entries.filter { $0.kind == .file }.map(\.path)
        #expect(files == expected.compactMap { $0.arrayValue?.first?.stringValue })
        for file in expected {
            let name = try #require(file.arrayValue?.first?.stringValue)
            #expect(text(contents.kept[name]) == file.arrayValue?.last?.stringValue, "\(name)")
        }
    }
}
