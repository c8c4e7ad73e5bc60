import Blobs
import Glibc
import Testing

@Suite("The data directory")
struct DataDirectoryTests {
    @Test("It is made for its owner only, and making it again changes nothing")
    func creation() throws {
        let folder = try TemporaryFolder()
        let data = DataDirectory(path: folder("data"))
        #expect(!data.exists)
        try data.create()
        try data.create()
        #expect(data.exists)
        #expect(folder.folders == ["data", "data/blobs", "data/keys", "data/spool"])
        for name in folder.folders { #expect(try folder.mode(name) == 0o700) }
    }

    @Test("Its layout")
    func layout() {
        for path in ["/var/lib/hallmark", "/var/lib/hallmark/"] {
            let data = DataDirectory(path: path)
            #expect(data.path == "/var/lib/hallmark")
            #expect(data.database == "/var/lib/hallmark/hallmark.sqlite")
            #expect(data.blobs == "/var/lib/hallmark/blobs" && data.spool == "/var/lib/hallmark/spool")
            #expect(data.masterKey == "/var/lib/hallmark/keys/master" && data.tls == "/var/lib/hallmark/tls")
        }
        #expect(DataDirectory(path: "/").path == "/")
    }

    @Test("Where it cannot be made, the fault says where")
    func faults() throws {
        let folder = try TemporaryFolder()
        let nested = folder("a/b")
        #expect(throws: DiskFault("mkdir \(nested)", code: ENOENT)) { try DataDirectory(path: nested).create() }
        try folder.write([], to: "file")
        let inFile = folder("file")
        #expect(throws: DiskFault("mkdir \(inFile)/blobs", code: ENOTDIR)) { try DataDirectory(path: inFile).create() }
        #expect(DiskFault("write", code: ENOSPC).isDiskFull && !DiskFault("write", code: EIO).isDiskFull)
    }
}
